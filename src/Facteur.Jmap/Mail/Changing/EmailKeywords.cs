using System.Buffers;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>A set of keywords as the store takes them: $seen and the like as system flags, others in lower case (RFC 8621 §4.1.1).</summary>
internal sealed class EmailKeywords
{
    /// <summary>What a mailbox has room for.</summary>
    public const int Max = MessageFlags.MaxKeywords;

    private const int MaxLength = 255;

    // %x21-7E without ( ) { ] % * " \
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        string.Concat(Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(static c => (char)c).Where(static c => !"(){]%*\"\\".Contains(c, StringComparison.Ordinal))));

    private readonly List<string> keywords = [];
    private MessageFlags system;

    /// <summary>Keywords that are no system flags.</summary>
    public int Count => keywords.Count;

    public bool IsEmpty => keywords.Count == 0 && system == MessageFlags.None;

    /// <summary>False for a text that is no keyword.</summary>
    public bool TryAdd(string keyword)
    {
        if (keyword.Length is 0 or > MaxLength || keyword.AsSpan().ContainsAnyExcept(Characters)) return false;
        var name = keyword.ToLowerInvariant();
        var flag = SystemFlag(name);
        system |= flag;
        if (flag == MessageFlags.None && !keywords.Contains(name)) keywords.Add(name);
        return true;
    }

    public FlagSet ToFlags() => IsEmpty ? FlagSet.Empty : new FlagSet(system, [.. keywords]);

    public bool Overlaps(EmailKeywords other) => (system & other.system) != MessageFlags.None || keywords.Exists(other.keywords.Contains);

    private static MessageFlags SystemFlag(string name) => name switch
    {
        "$seen" => MessageFlags.Seen,
        "$answered" => MessageFlags.Answered,
        "$flagged" => MessageFlags.Flagged,
        "$draft" => MessageFlags.Draft,
        _ => MessageFlags.None,
    };
}
