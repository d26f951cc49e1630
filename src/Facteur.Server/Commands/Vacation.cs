using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur vacation show|set|off ACCOUNT: the reply to who writes while its owner is away.</summary>
internal static class Vacation
{
    public static Command Create() => new("vacation", "Reply to who writes while somebody is away") { CreateShow(), CreateSet(), CreateOff() };

    private static Command CreateShow()
    {
        var account = VerbOptions.Account();
        return Verb.Create<VacationView>("show", "Show the reply of an account", line => new ControlRequest("vacation.show", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateSet()
    {
        var account = VerbOptions.Account();
        var subject = new Option<string?>("--subject") { Description = "Subject of the reply (default: made of the subject that is replied to)" };
        var text = new Option<string?>("--text") { Description = "Text of the reply" };
        var stdin = new Option<bool>("--text-stdin") { Description = "Read the text from standard input" };
        var from = new Option<string?>("--from") { Description = "First day, or a time such as 2026-12-24T12:00; none: at once", HelpName = "date" };
        var until = new Option<string?>("--until") { Description = "Last day, itself included, or a time; none: until it is switched off", HelpName = "date" };
        var days = new Option<int?>("--days") { Description = "Days before the same sender gets it again, 1 to 365 (default 7)" };
        return Verb.Create<VacationView>("set", "Switch the reply on, or change what is given",
            async (line, cancel) => new ControlRequest("vacation.set",
                ("account", line.GetRequiredValue(account)), ("subject", line.GetValue(subject)),
                ("text", line.GetValue(stdin) ? await Console.In.ReadToEndAsync(cancel) : line.GetValue(text)),
                ("from", Moment(line.GetValue(from), wholeDay: false)), ("until", Moment(line.GetValue(until), wholeDay: true)),
                ("days", line.GetValue(days)?.ToString(CultureInfo.InvariantCulture))),
            Show, account, subject, text, stdin, from, until, days);
    }

    private static Command CreateOff()
    {
        var account = VerbOptions.Account();
        return Verb.Create<VacationView>("off", "Switch the reply off", line => new ControlRequest("vacation.off", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static string? Moment(string? text, bool wholeDay) =>
        text is null or "none" ? text : DayOrTime.Read(text, wholeDay, TimeProvider.System).ToString("O", CultureInfo.InvariantCulture);

    private static void Show(IAnsiConsole console, VacationView view)
    {
        if (view.State == "off")
        {
            console.MarkupLineInterpolated($"[bold]{view.Account}[/] sends no reply.");
            return;
        }
        var state = view.State switch { "later" => "will reply", "over" => "replies no more: the time is over", _ => "replies" };
        var from = view.From is { } start ? $" from {start.ToLocalTime():yyyy-MM-dd HH:mm}" : "";
        var until = view.Until is { } end ? $" until {end.ToLocalTime():yyyy-MM-dd HH:mm}" : "";
        console.MarkupLineInterpolated($"[bold]{view.Account}[/] {state}{from}{until}, to the same sender every {view.Days} days at most.");
        if (view.Subject.Length > 0) console.MarkupLineInterpolated($"Subject: {view.Subject}");
        console.Profile.Out.Writer.WriteLine(view.Text.TrimEnd());
    }
}
