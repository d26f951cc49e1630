namespace Facteur.Storage.Embedded.Tracing;

/// <summary>Hashes of what a trace row is looked up by. Two things of one hash cost a look at a row, never a wrong answer.</summary>
internal static class TraceKeys
{
    /// <summary>Keys one row has at most: transaction, message id, sender, recipient, account, email, queue.</summary>
    public const int MaxOfRow = 7;

    private const ulong Prime = 0x9E3779B97F4A7C15;

    public static ulong Transaction(string id) => Text('t', id);
    public static ulong MessageId(string id) => Text('m', id);

    /// <summary>The same for sender and recipient, in any case.</summary>
    public static ulong Address(string address) => Text('a', address);
    public static ulong Account(AccountId id) => Number('c', id.Value);
    public static ulong Email(long id) => Number('e', id);
    public static ulong Queue(long id) => Number('q', id);

    /// <summary>Of anything, in any case; for other lookups of the store.</summary>
    public static ulong Text(char kind, string text)
    {
        var hash = kind * Prime;
        foreach (var character in text) hash = (hash ^ char.ToUpperInvariant(character)) * 1099511628211UL;
        return Mix(hash);
    }

    public static ulong Number(char kind, long number) => Mix((kind * Prime) ^ (ulong)number);

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
