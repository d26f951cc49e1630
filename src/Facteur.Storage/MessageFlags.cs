namespace Facteur.Storage;

/// <summary>
/// Flags of one entry: the low five bits are the system flags, bit 8 + n is the keyword n of the mailbox
/// (<see cref="KeywordTable"/>), so that a mailbox has up to 56 keywords.
/// </summary>
public readonly record struct MessageFlags(ulong Bits)
{
    public const int FirstKeywordBit = 8;
    public const int MaxKeywords = 64 - FirstKeywordBit;

    public static readonly MessageFlags None;
    public static readonly MessageFlags Seen = new(1);
    public static readonly MessageFlags Answered = new(2);
    public static readonly MessageFlags Flagged = new(4);
    public static readonly MessageFlags Deleted = new(8);
    public static readonly MessageFlags Draft = new(16);

    /// <summary>System flags by name (RFC 9051 §2.3.2).</summary>
    public static IReadOnlyList<(MessageFlags Flag, string Name)> System { get; } =
        [(Seen, @"\Seen"), (Answered, @"\Answered"), (Flagged, @"\Flagged"), (Deleted, @"\Deleted"), (Draft, @"\Draft")];

    public static MessageFlags Keyword(int index) => new(1UL << (FirstKeywordBit + index));

    public bool Has(MessageFlags flags) => (Bits & flags.Bits) == flags.Bits;
    public bool HasAny(MessageFlags flags) => (Bits & flags.Bits) != 0;

    /// <summary>Names of the system flags among them.</summary>
    public List<string> SystemNames()
    {
        var names = new List<string>();
        foreach (var (flag, name) in System)
            if (Has(flag)) names.Add(name);
        return names;
    }

    public static MessageFlags operator |(MessageFlags a, MessageFlags b) => new(a.Bits | b.Bits);
    public static MessageFlags operator &(MessageFlags a, MessageFlags b) => new(a.Bits & b.Bits);
    public static MessageFlags operator ~(MessageFlags a) => new(~a.Bits);
}

/// <summary>The keywords of a mailbox; the place in the list is the bit. A freed place is null until it is used again.</summary>
public sealed record KeywordTable(IReadOnlyList<string?> Names)
{
    public static readonly KeywordTable Empty = new([]);

    /// <summary>The bit of a keyword, compared without case (RFC 9051 §2.3.2); -1 when the mailbox has none of that name.</summary>
    public int IndexOf(string keyword)
    {
        for (var i = 0; i < Names.Count; i++)
            if (string.Equals(Names[i], keyword, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }
}

/// <summary>Flags by name, before a mailbox gave its keywords their bits: what a client or a filter asks for.</summary>
/// <param name="System">System flags only.</param>
/// <param name="Keywords">Keywords as written, without repeats.</param>
public sealed record FlagSet(MessageFlags System, IReadOnlyList<string> Keywords)
{
    public static readonly FlagSet Empty = new(MessageFlags.None, []);
}
