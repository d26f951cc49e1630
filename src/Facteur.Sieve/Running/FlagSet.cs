using System.Buffers;

namespace Facteur.Sieve.Running;

/// <summary>IMAP flags without case, in the order they were set (RFC 5232 §3).</summary>
internal sealed class FlagSet(IEnumerable<string> initial, SieveLimits limits)
{
    private const int MaxFlagCharacters = 128;

    // atom-specials of RFC 9051 §9 that are visible.
    private static readonly SearchValues<char> atomEnd = SearchValues.Create("(){%*\"\\]");

    // The system flags a user can set (RFC 9051 §2.3.2); \Recent and unknown ones are ignored (RFC 5232 §2).
    private static readonly string[] systemFlags = [@"\Answered", @"\Flagged", @"\Deleted", @"\Seen", @"\Draft"];

    private readonly List<string> flags = [.. Clean(initial)];

    public IReadOnlyList<string> Flags => [.. flags];

    /// <summary>A script has set or removed flags.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>As the value of a variable.</summary>
    public string Text => string.Join(' ', flags);

    public static FlagSet Parse(string text, SieveLimits limits) => new([text], limits);

    /// <summary>Flags out of strings that each may hold several, parted by blanks; what cannot be a flag is ignored (RFC 5232 §2).</summary>
    public static IEnumerable<string> Clean(IEnumerable<string> texts)
    {
        foreach (var text in texts)
            foreach (var word in text.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
                if (Valid(word) is { } flag) yield return flag;
    }

    public void Replace(IEnumerable<string> texts)
    {
        flags.Clear();
        Add(texts);
    }

    public void Add(IEnumerable<string> texts)
    {
        IsTouched = true;
        foreach (var flag in Clean(texts))
            if (flags.Count < limits.MaxFlags && !flags.Contains(flag, StringComparer.OrdinalIgnoreCase)) flags.Add(flag);
    }

    public void Remove(IEnumerable<string> texts)
    {
        IsTouched = true;
        foreach (var flag in Clean(texts)) flags.RemoveAll(f => f.Equals(flag, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Valid(string word)
    {
        if (word[0] == '\\') return Array.Find(systemFlags, f => f.Equals(word, StringComparison.OrdinalIgnoreCase));
        // flag-keyword is an atom (RFC 9051 §9).
        var isAtom = word.Length <= MaxFlagCharacters && !word.AsSpan().ContainsAny(atomEnd) && !word.AsSpan().ContainsAnyExceptInRange('!', '~');
        return isAtom ? word : null;
    }
}
