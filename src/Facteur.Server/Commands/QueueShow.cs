using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur queue show ID: envelope, recipients, every attempt with the answer of the other host.</summary>
internal static class QueueShow
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "Number of the message, as facteur queue list shows it" };
        return Verb.Create<QueueEntryView>("show", "Show one message with its recipients and attempts", line => new ControlRequest("queue.show", ("id", line.GetRequiredValue(id))), Show, id);
    }

    private static void Show(IAnsiConsole console, QueueEntryView entry)
    {
        console.MarkupLineInterpolated($"[bold]{entry.Id}[/]  {entry.Subject}");
        console.MarkupLineInterpolated($"From <{entry.Sender}>, {Sizes.Text(entry.Octets)}, {entry.Kind}, since {entry.Created.ToLocalTime():yyyy-MM-dd HH:mm:ss}{(entry.RequireTls ? ", only under verified TLS" : "")}");
        if (entry.MessageId.Length > 0) console.MarkupLineInterpolated($"Message-ID <{entry.MessageId}>");
        if (entry.NotBefore is { } at) console.MarkupLineInterpolated($"Not before {at.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
        foreach (var recipient in entry.Recipients)
        {
            console.MarkupLineInterpolated($"  {recipient.To}: {(recipient.InDelivery ? "sending" : recipient.State.ToLowerInvariant())}{(recipient.NextAttempt is { } next ? $", next attempt {next.ToLocalTime():yyyy-MM-dd HH:mm:ss}" : "")}");
            if (recipient is { State: "Held", LastAnswer.Length: > 0 } && !entry.Attempts.Any(one => one.To == recipient.To && one.Answer == recipient.LastAnswer)) console.MarkupLineInterpolated($"    {recipient.LastAnswer}");
            foreach (var attempt in entry.Attempts.Where(one => one.To == recipient.To))
                console.MarkupLineInterpolated($"    {attempt.At.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {attempt.Host}  {attempt.Answer}{(attempt.Security.Length > 0 ? $"  ({attempt.Security})" : "")}");
        }
    }
}
