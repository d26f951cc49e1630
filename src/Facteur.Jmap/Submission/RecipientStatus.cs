using System.Globalization;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Jmap;

/// <summary>What became of a submission for one recipient (DeliveryStatus, RFC 8621 §7).</summary>
internal sealed record RecipientStatus(string SmtpReply, string Delivered)
{
    public string Displayed { get; init; } = "unknown";

    /// <param name="row">Null when the recipient is not in the queue entry.</param>
    public static RecipientStatus Of(QueueRecipient? row, SubmissionPlace place) => row switch
    {
        null when place == SubmissionPlace.Mailbox => new("250 2.1.5 delivered to the mailbox", "yes"),
        null when place == SubmissionPlace.Onward => new("250 2.0.0 sent on to where the address leads", "unknown"),
        // Its entry is not remembered any more.
        null => new("250 2.0.0 sent", "unknown"),
        { State: QueueState.Cancelled } => new("550 5.7.0 taken back before it was sent", "no"),
        { State: QueueState.Failed } => new(Reply(row, 550, "5.0.0"), "no"),
        // A host that took it may still lose it; what was put into a mailbox here has arrived.
        { State: QueueState.Delivered } => new(Reply(row, 250, "2.0.0"), row is { LastHost: "", LastEnhancedCode: "2.1.5" } ? "yes" : "unknown"),
        { Attempts: 0 } => new("250 2.0.0 waiting to be sent", "queued"),
        _ => new(Reply(row, 450, "4.0.0"), "queued"),
    };

    /// <summary>The same after a report came in: "delivered" and "failed" settle it, an MDN says that it was displayed.</summary>
    public RecipientStatus With(TraceEvent report)
    {
        var action = Detail(report, "action");
        if (IsDisposition(action)) return action == "displayed" ? this with { Displayed = "yes" } : this;
        if (action is not ("delivered" or "failed")) return this;
        var (status, answer) = (Detail(report, "status"), Detail(report, "answer"));
        var code = action == "failed" ? 550 : 250;
        var reply = IsReply(answer) ? answer : Compose(code, status.Length > 0 ? status : action == "failed" ? "5.0.0" : "2.0.0", answer.Length > 0 ? answer : action);
        return this with { SmtpReply = reply, Delivered = action == "failed" ? "no" : "yes" };
    }

    /// <summary>What a report of reading says (RFC 8098 §3.2.6.2), as opposed to one of delivery.</summary>
    public static bool IsDisposition(string action) => action is "displayed" or "deleted" or "dispatched" or "processed" or "denied";

    public static string Detail(TraceEvent row, string name) => row.Detail.FirstOrDefault(pair => pair.Key == name).Value ?? "";

    // The peer's own words are a reply already; ours are made one.
    private static string Reply(QueueRecipient row, int code, string enhanced) =>
        IsReply(row.LastAnswer) ? row.LastAnswer
        : Compose(code, row.LastEnhancedCode.Length > 0 ? row.LastEnhancedCode : enhanced, row.LastAnswer.Length > 0 ? row.LastAnswer : "no answer yet");

    private static string Compose(int code, string enhanced, string words)
    {
        // The reply is of the same class as the status.
        var first = enhanced[0] is '2' or '4' or '5' ? enhanced[0] - '0' : code / 100;
        return string.Create(CultureInfo.InvariantCulture, $"{first * 100 + 50} {enhanced} {words.ReplaceLineEndings(" ")}");
    }

    private static bool IsReply(string text) =>
        text.Length > 4 && text[0] is '2' or '4' or '5' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]) && text[3] == ' ';
}
