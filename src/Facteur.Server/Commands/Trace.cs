using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur trace [ADDRESS|MESSAGE-ID|QUEUE-ID] [--since TIME] [--account ADDRESS] [--lang fr|en].</summary>
internal static class Trace
{
    public static Command Create()
    {
        var what = new Argument<string?>("WHAT") { Description = "Address of a sender or recipient, Message-ID, id of a transaction, or number in the queue (default: all)", Arity = ArgumentArity.ZeroOrOne };
        var since = new Option<string?>("--since") { Description = "How far back: 30m, 2h, 7d, or a date such as 2026-11-21T10:00 (default: 30d)", HelpName = "time" };
        var account = new Option<string?>("--account") { Description = "Only what this account may see" };
        var language = new Option<string>("--lang") { Description = "Language of the sentences: fr or en", DefaultValueFactory = _ => "en" };
        language.AcceptOnlyFromAmong("fr", "en");
        return Verb.Create<List<TraceView>>("trace", "Where is my message: what happened to it, step by step",
            line => new ControlRequest("trace", ("what", line.GetValue(what)), ("since", PastTime.Read(line.GetValue(since) ?? "30d", TimeProvider.System).ToString("O", CultureInfo.InvariantCulture)),
                ("account", line.GetValue(account)), ("lang", line.GetValue(language))),
            Show, what, since, account, language);
    }

    private static void Show(IAnsiConsole console, List<TraceView> lives)
    {
        if (lives.Count == 0) console.WriteLine("Nothing is known of it. The trace is kept for 30 days.");
        foreach (var life in lives.AsEnumerable().Reverse())
        {
            console.MarkupLineInterpolated($"[bold]{life.Summary}[/]  {(life.Sender.Length > 0 ? $"from <{life.Sender}>" : "")}  {(life.MessageId.Length > 0 ? $"Message-ID <{life.MessageId}>" : "")}");
            foreach (var row in life.Rows)
                console.MarkupLineInterpolated($"  {row.At.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {row.Text}");
            console.WriteLine();
        }
    }
}
