namespace Facteur.Sieve.Matching;

/// <summary>Text brought into the form a comparator compares.</summary>
/// <param name="Origin">For each character, and the end, where it comes from in the original; null when each stands where it stood.</param>
internal readonly record struct FoldedText(string Text, int[]? Origin)
{
    /// <summary>The piece of the original that a piece of the folded text is.</summary>
    public string Original(string original, int start, int end) =>
        Origin is null ? original[start..end] : original[Origin[start]..Origin[end]];

    /// <summary>Where the character at <paramref name="at"/> ends: what "?" stands for is a character of the original.</summary>
    public int CharacterEnd(int at)
    {
        if (Origin is null) return at + (at + 1 < Text.Length && char.IsSurrogatePair(Text[at], Text[at + 1]) ? 2 : 1);
        var end = at + 1;
        while (end < Text.Length && Origin[end] == Origin[at]) end++;
        return end;
    }
}

/// <summary>A collation: how strings are held against each other.</summary>
// RFC 4790, RFC 5228 §2.7.3.
internal abstract class Comparator
{
    public static readonly Comparator AsciiCasemap = new AsciiCasemap();
    public static readonly Comparator Octet = new OctetComparator();
    public static readonly Comparator AsciiNumeric = new AsciiNumeric();
    public static readonly Comparator UnicodeCasemap = new UnicodeCasemap();

    public static IReadOnlyList<Comparator> All { get; } = [AsciiCasemap, Octet, AsciiNumeric, UnicodeCasemap];

    /// <summary>As registered, "i;octet".</summary>
    public abstract string Name { get; }

    /// <summary>Has the substring operation: works with :contains and :matches.</summary>
    public virtual bool HasSubstring => true;

    /// <summary>Regular expressions ignore case with it.</summary>
    public virtual bool IgnoresCase => false;

    /// <summary>The form that is compared octet by octet.</summary>
    public abstract FoldedText Fold(string text);

    /// <summary>What that costs, in units of <see cref="SieveLimits.MaxWork"/>.</summary>
    public virtual long FoldWork(string text) => text.Length / 4;

    public virtual bool AreEqual(string left, string right) => Fold(left).Text == Fold(right).Text;

    public virtual int Compare(string left, string right) => OctetComparator.CompareOctets(Fold(left).Text, Fold(right).Text);

    /// <summary>Null when there is none of that name.</summary>
    public static Comparator? Find(string name) => All.FirstOrDefault(c => c.Name == name);
}
