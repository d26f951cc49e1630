using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur limits show|set: what accounts may send to other hosts in a day.</summary>
internal static class Limits
{
    public static Command Create() => new("limits", "What accounts may send to other hosts in a day") { CreateShow(), CreateSet() };

    private static Command CreateShow()
    {
        var scope = new ScopeOptions();
        return Verb.Create<LimitsView>("show", "Show the limits that hold, and what an account has sent today", line => new ControlRequest("limits.show", scope.Of(line)), Show, scope.All);
    }

    private static Command CreateSet()
    {
        var scope = new ScopeOptions();
        var messages = Number("--messages", "Messages a day");
        var recipients = Number("--recipients", "Recipients a day");
        var first = Number("--new-recipients", "Recipients a day that the account never wrote to before");
        return Verb.Create<LimitsView>("set", "Set limits of an account, of each account of a domain, or of each account of the server",
            line => new ControlRequest("limits.set",
                [.. scope.Of(line), ("messages", line.GetValue(messages)), ("recipients", line.GetValue(recipients)), ("newRecipients", line.GetValue(first))]),
            Show, [messages, recipients, first, .. scope.All]);
    }

    private static Option<string?> Number(string name, string description)
    {
        var option = new Option<string?>(name) { Description = $"{description}; 0: none, default: as the wider scope says", HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value != "default" && !int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                result.AddError($"{name} is a number or default.");
        });
        return option;
    }

    private static void Show(IAnsiConsole console, LimitsView view)
    {
        Values.Show(console, view.Values);
        if (view.Today is { } today) console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Sent today: {today.Messages:N0} messages to {today.Recipients:N0} recipients."));
    }
}
