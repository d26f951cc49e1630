using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>What a key says of a message, given what was read of it so far.</summary>
internal enum Verdict : byte { No, Yes, Unknown }

/// <summary>What a key needs to decide, cheapest first.</summary>
internal enum SearchCost : byte
{
    /// <summary>The snapshot in memory.</summary>
    Snapshot,
    /// <summary>One scan of the stored text, shared by all messages.</summary>
    Text,
    /// <summary>The stored facts of the message.</summary>
    Email,
    /// <summary>The octets of its header.</summary>
    Header,
}

/// <summary>
/// A search key (RFC 9051 §6.4.4). It is asked with more and more of a message at hand, until it does not answer Unknown:
/// so a search reads no more of the store than it must.
/// </summary>
internal abstract class SearchKey
{
    /// <summary>Levels of keys below and with this one.</summary>
    public virtual int Depth => 1;

    /// <summary>The dearest thing this key may ask for.</summary>
    public abstract SearchCost Cost { get; }

    /// <summary>Stored facts it reads.</summary>
    public virtual EmailFields Fields => EmailFields.Entry;

    /// <summary>Keys below this one.</summary>
    public virtual IReadOnlyList<SearchKey> Children => [];

    public abstract Verdict Match(SearchContext context);

    /// <summary>This key and all below it.</summary>
    public IEnumerable<SearchKey> All()
    {
        yield return this;
        foreach (var child in Children)
            foreach (var key in child.All())
                yield return key;
    }

    protected static Verdict Answer(bool yes) => yes ? Verdict.Yes : Verdict.No;
}

/// <summary>Several keys that all must match, or of which one must.</summary>
internal sealed class CombinedKey : SearchKey
{
    private readonly SearchKey[] keys;
    private readonly Verdict decisive;

    private CombinedKey(IEnumerable<SearchKey> parts, Verdict decisive)
    {
        keys = [.. parts.OrderBy(k => k.Cost)]; // cheap keys first; the order of the client has no meaning
        this.decisive = decisive;
        Depth = 1 + keys.Max(k => k.Depth);
        Cost = keys.Max(k => k.Cost);
        foreach (var key in keys) Fields |= key.Fields;
    }

    public override int Depth { get; }
    public override SearchCost Cost { get; }
    public override EmailFields Fields { get; }
    public override IReadOnlyList<SearchKey> Children => keys;

    public static SearchKey And(List<SearchKey> keys) => keys.Count == 1 ? keys[0] : new CombinedKey(Flatten(keys, Verdict.No), Verdict.No);

    public static SearchKey Or(List<SearchKey> keys) => new CombinedKey(Flatten(keys, Verdict.Yes), Verdict.Yes);

    // OR takes two keys only: clients that search for many message ids send long chains of it, which are one wide OR here.
    private static List<SearchKey> Flatten(List<SearchKey> keys, Verdict decisive)
    {
        var flat = new List<SearchKey>(keys.Count);
        foreach (var key in keys)
            if (key is CombinedKey inner && inner.decisive == decisive) flat.AddRange(inner.keys);
            else flat.Add(key);
        return flat;
    }

    public override Verdict Match(SearchContext context)
    {
        var unknown = false;
        foreach (var key in keys)
        {
            var verdict = key.Match(context);
            if (verdict == decisive) return decisive;
            unknown |= verdict == Verdict.Unknown;
        }
        return unknown ? Verdict.Unknown : decisive == Verdict.No ? Verdict.Yes : Verdict.No;
    }
}

/// <summary>NOT.</summary>
internal sealed class NotKey(SearchKey key) : SearchKey
{
    public override int Depth => 1 + key.Depth;
    public override SearchCost Cost => key.Cost;
    public override EmailFields Fields => key.Fields;
    public override IReadOnlyList<SearchKey> Children => [key];

    public static SearchKey Of(SearchKey key) => key is NotKey inner ? inner.Children[0] : new NotKey(key);

    public override Verdict Match(SearchContext context) => key.Match(context) switch
    {
        Verdict.Yes => Verdict.No,
        Verdict.No => Verdict.Yes,
        _ => Verdict.Unknown,
    };
}
