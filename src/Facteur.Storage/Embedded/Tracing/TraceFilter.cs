namespace Facteur.Storage.Embedded.Tracing;

/// <summary>A query with its texts in the form in which they are kept, and the key that finds the fewest rows.</summary>
internal sealed class TraceFilter
{
    private readonly TraceQuery query;
    private readonly string? address;
    private readonly string? messageId;
    private readonly string? transaction;

    public TraceFilter(TraceQuery query)
    {
        this.query = query;
        address = query.Address is null ? null : TraceRow.Clean(query.Address);
        messageId = query.MessageId is null ? null : TraceRow.Clean(query.MessageId);
        transaction = query.Transaction is null ? null : TraceRow.Clean(query.Transaction);
        Since = query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        Until = query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        Key = query.Queue is { } queue ? TraceKeys.Queue(queue.Value)
            : query.Email is { } email ? TraceKeys.Email(email.Value)
            : transaction is { Length: > 0 } ? TraceKeys.Transaction(transaction)
            : messageId is { Length: > 0 } ? TraceKeys.MessageId(messageId)
            : address is { Length: > 0 } ? TraceKeys.Address(address)
            : query.Account is { } account ? TraceKeys.Account(account)
            : null;
    }

    /// <summary>Null: nothing but a time restricts.</summary>
    public ulong? Key { get; }

    public long Since { get; }
    public long Until { get; }

    public bool Matches(TraceEvent one) =>
        (query.Account is null || one.Account == query.Account)
        && (query.Queue is null || one.Queue == query.Queue)
        && (query.Email is null || one.Email == query.Email)
        && (transaction is null || one.Transaction.Equals(transaction, StringComparison.OrdinalIgnoreCase))
        && (messageId is null || one.MessageId.Equals(messageId, StringComparison.OrdinalIgnoreCase))
        && (address is null || one.Sender.Equals(address, StringComparison.OrdinalIgnoreCase) || one.Recipient.Equals(address, StringComparison.OrdinalIgnoreCase))
        && one.At.ToUnixTimeMilliseconds() >= Since && one.At.ToUnixTimeMilliseconds() <= Until;
}
