using Facteur.Storage;

namespace Facteur.Delivery.Tracing;

/// <summary>How a message stands, as far as its rows tell.</summary>
public enum TraceOutcome
{
    Accepted,
    Stored,
    Sent,
    Waiting,
    Failed,
    Refused,
    Cancelled,
    Discarded,
}

/// <summary>The rows of one message, oldest first.</summary>
/// <param name="Key">Its transaction id, else its Message-ID.</param>
public sealed record TraceLife(string Key, string MessageId, string Sender, IReadOnlyList<TraceEvent> Rows)
{
    /// <summary>The worst that holds for any recipient now: what still needs attention comes first.</summary>
    public TraceOutcome Outcome => Outcomes().OrderByDescending(pair => Rank(pair.Outcome)).Select(pair => pair.Outcome).FirstOrDefault(TraceOutcome.Accepted);

    /// <summary>Recipients in that state.</summary>
    public IReadOnlyList<string> Concerned
    {
        get
        {
            var outcome = Outcome;
            return [.. Outcomes().Where(pair => pair.Outcome == outcome).Select(pair => pair.Recipient).Where(recipient => recipient.Length > 0)];
        }
    }

    /// <summary>Tells the lives in a list of rows apart, the one that began last first.</summary>
    public static IReadOnlyList<TraceLife> Of(IReadOnlyList<TraceEvent> rows)
    {
        // Rows written later (fetched, late reports) know the Message-ID alone, or the email: they join the life that has it.
        var byMessage = rows.Where(row => row.Transaction.Length > 0 && row.MessageId.Length > 0)
            .GroupBy(row => row.MessageId, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Transaction, StringComparer.Ordinal);
        var byEmail = rows.Where(row => row.Transaction.Length > 0 && row.Email is not null)
            .GroupBy(row => row.Email!.Value).ToDictionary(group => group.Key, group => group.First().Transaction);
        return [.. rows
            .GroupBy(KeyOf, StringComparer.Ordinal)
            .Select(group => new TraceLife(group.Key, First(group, row => row.MessageId), First(group, row => row.Sender), [.. group.OrderBy(row => row.At).ThenBy(row => row.Kind)]))
            .OrderByDescending(life => life.Rows[0].At)];

        string KeyOf(TraceEvent row) =>
            row.Transaction.Length > 0 ? row.Transaction
            : row.Email is { } email && byEmail.TryGetValue(email, out var known) ? known
            : byMessage.GetValueOrDefault(row.MessageId, row.MessageId);
    }

    private static string First(IEnumerable<TraceEvent> rows, Func<TraceEvent, string> of) => rows.Select(of).FirstOrDefault(text => text.Length > 0, "");

    private IEnumerable<(string Recipient, TraceOutcome Outcome)> Outcomes()
    {
        var last = new Dictionary<string, TraceOutcome>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in Rows)
            if (OutcomeOf(row) is { } outcome) last[row.Recipient] = outcome;
        // What concerns the message as a whole says nothing once its recipients have their own.
        if (last.Count > 1) last.Remove("");
        return last.Select(pair => (pair.Key, pair.Value));
    }

    private static TraceOutcome? OutcomeOf(TraceEvent row) => row.Kind switch
    {
        TraceKind.Accepted => TraceOutcome.Accepted,
        TraceKind.Refused => TraceOutcome.Refused,
        TraceKind.Stored => TraceOutcome.Stored,
        TraceKind.Scripted when row.Detail.Any(pair => pair is { Key: "action", Value: "discard" }) => TraceOutcome.Discarded,
        TraceKind.Scripted when row.Detail.Any(pair => pair is { Key: "action", Value: "reject" }) => TraceOutcome.Failed,
        TraceKind.Queued or TraceKind.Attempt => TraceOutcome.Waiting,
        TraceKind.Sent => TraceOutcome.Sent,
        TraceKind.Failed => TraceOutcome.Failed,
        TraceKind.QueueChanged when row.Detail.Any(pair => pair is { Key: "action", Value: "cancel" }) => TraceOutcome.Cancelled,
        TraceKind.ReportReceived when row.Detail.Any(pair => pair is { Key: "action", Value: "failed" }) => TraceOutcome.Failed,
        _ => null,
    };

    private static int Rank(TraceOutcome outcome) => outcome switch
    {
        TraceOutcome.Failed => 6,
        TraceOutcome.Waiting => 5,
        TraceOutcome.Cancelled => 4,
        TraceOutcome.Sent => 3,
        TraceOutcome.Stored => 2,
        TraceOutcome.Refused or TraceOutcome.Discarded => 1,
        _ => 0,
    };
}
