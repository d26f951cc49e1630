using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Tracing;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Server.Control;

/// <summary>Where is my message: the lives of messages by address, Message-ID, queue id or time.</summary>
internal sealed class TraceVerbs(MailStore store, AccountService accounts)
{
    private const int MaxRows = 2_000;

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("trace", FindAsync)];

    private async ValueTask<ControlReply> FindAsync(ControlRequest request, CancellationToken cancel)
    {
        var since = request.Find("since") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
        var owner = request.Find("account") is { } address ? (await accounts.GetAccountAsync(address, cancel)).Id : (AccountId?)null;
        var rows = new List<TraceEvent>();
        foreach (var query in Queries(request.Find("what"))) rows.AddRange(await store.Trace.FindAsync(query with { Since = since, Account = owner }, MaxRows, cancel));
        // A row found by address tells the transaction; the rest of the life is asked for by it.
        foreach (var transaction in rows.Select(row => row.Transaction).Where(id => id.Length > 0).Distinct().Take(100).ToList())
            rows.AddRange(await store.Trace.FindAsync(new TraceQuery { Transaction = transaction, Account = owner }, MaxRows, cancel));
        foreach (var email in rows.Select(row => row.Email).OfType<EmailId>().Distinct().Take(100).ToList())
            rows.AddRange(await store.Trace.FindAsync(new TraceQuery { Email = email, Account = owner }, MaxRows, cancel));
        var language = CultureInfo.GetCultureInfo(request.Find("lang") ?? "en");
        return ControlReply.Done(TraceLife.Of([.. Distinct(rows)]).Select(life => TraceView.Of(life, language)).ToList());
    }

    private static IEnumerable<TraceQuery> Queries(string? what)
    {
        if (string.IsNullOrEmpty(what)) return [new TraceQuery()];
        var bare = what.Trim('<', '>');
        if (long.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return [new TraceQuery { Queue = new QueueId(id) }];
        // An address and a Message-ID look alike.
        return bare.Contains('@', StringComparison.Ordinal) ? [new TraceQuery { Address = bare }, new TraceQuery { MessageId = bare }] : [new TraceQuery { Transaction = bare }];
    }

    private static IEnumerable<TraceEvent> Distinct(List<TraceEvent> rows) =>
        rows.DistinctBy(row => (row.At, row.Kind, row.Transaction, row.Recipient, row.Email, row.Queue, string.Join('\n', row.Detail.Select(pair => pair.Value))));
}

/// <summary>A message's life as verbs show it.</summary>
/// <param name="Summary">How it stands, in one sentence.</param>
internal sealed record TraceView(string Transaction, string MessageId, string Sender, string Outcome, string Summary, IReadOnlyList<TraceRowView> Rows)
{
    public static TraceView Of(TraceLife life, CultureInfo language) => new(
        life.Key, life.MessageId, life.Sender, life.Outcome.ToString(), TraceText.Of(life.Outcome, Short(life.Concerned), language), [.. life.Rows.Select(row => TraceRowView.Of(row, language))]);

    private static string Short(IReadOnlyList<string> recipients) =>
        recipients.Count <= 3 ? string.Join(", ", recipients) : $"{string.Join(", ", recipients.Take(3))} (+{recipients.Count - 3})";
}

/// <param name="Text">In words.</param>
/// <param name="Detail">The same as values.</param>
internal sealed record TraceRowView(DateTimeOffset At, string Kind, string Recipient, string Text, long? QueueId, IReadOnlyDictionary<string, string> Detail)
{
    public static TraceRowView Of(TraceEvent row, CultureInfo language) => new(
        row.At, row.Kind.ToString(), row.Recipient, TraceText.Of(row, language), row.Queue?.Value,
        row.Detail.DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));
}
