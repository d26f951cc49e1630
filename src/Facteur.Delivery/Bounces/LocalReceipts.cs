using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Binds receipts (RFC 8098) that accounts of this server send each other to the message that they answer. Such a message never was in the queue: the trace
/// tells who sent it and who got it here. Who sends the receipt is logged in, so that nobody answers for another.
/// </summary>
internal static class LocalReceipts
{
    private const int MaxRows = 1_000;

    /// <param name="reader">Who sends the receipt.</param>
    /// <returns>A row for each account whose message it answers; they stand beside that message in the account's trace.</returns>
    public static async ValueTask<IReadOnlyList<TraceEvent>> BindAsync(
        MailStore store, AccountId reader, IMessageSource message, MessageFacts facts, IReadOnlyList<RoutedRecipient> recipients, DateTimeOffset now, CancellationToken cancel)
    {
        if (PartTable.Parse(facts.Parts.Span) is not { Type: "multipart", Subtype: "report" }) return [];
        if (await ReportReader.ReadAsync(message, cancel) is not { IsReceipt: true, MessageId: { Length: > 0 } id, Recipients: [var told, ..] }) return [];
        var rows = await store.Trace.FindAsync(new TraceQuery { MessageId = id }, MaxRows, cancel);
        var bound = new List<TraceEvent>();
        foreach (var sender in recipients.SelectMany(routed => routed.Local).Select(leaf => leaf.Account.Id).Distinct())
        {
            if (rows.FirstOrDefault(row => row.Kind == TraceKind.Accepted && row.Account == sender && row.Recipient.Length == 0) is not { } sent) continue;
            if (rows.FirstOrDefault(row => row.Kind == TraceKind.Stored && row.Account == reader && row.Transaction == sent.Transaction) is not { } got) continue;
            bound.Add(new TraceEvent(now, TraceKind.ReportReceived, sender, sent.Transaction, id, sent.Sender, got.Recipient, [new("action", told.Action.ToString().ToLowerInvariant())]));
        }
        return bound;
    }
}
