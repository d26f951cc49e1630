namespace Facteur.Imap.Commands;

/// <summary>
/// A mailbox pattern: "*" is any run of characters, "%" any run without the separator (RFC 9051 §6.3.9). Matched by stepping all
/// states at once, so that no pattern takes more than its length times that of the name.
/// </summary>
internal sealed class ListPattern
{
    /// <summary>No mailbox name is longer; a longer pattern matches nothing.</summary>
    public const int MaxLength = 1024;

    private readonly string pattern;

    public ListPattern(string canonical) => pattern = MailboxName.FoldInbox(canonical);

    /// <summary>The pattern is a name: it has no wildcard.</summary>
    public bool IsName => !pattern.AsSpan().ContainsAny('*', '%');

    public bool Matches(string name)
    {
        if (pattern.Length > MaxLength) return false;
        if (pattern == "*" || IsName && pattern == name) return true;
        if (IsName) return false;
        var ignoreCase = name == MailboxName.Inbox;
        Span<bool> now = stackalloc bool[pattern.Length + 1];
        Span<bool> next = stackalloc bool[pattern.Length + 1];
        now[0] = true;
        SkipWildcards(now);
        foreach (var c in name)
        {
            if (!Step(c, ignoreCase, now, next)) return false;
            SkipWildcards(next);
            next.CopyTo(now);
        }
        return now[pattern.Length];
    }

    private bool Step(char c, bool ignoreCase, ReadOnlySpan<bool> now, Span<bool> next)
    {
        next.Clear();
        var any = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (!now[i]) continue;
            var p = pattern[i];
            if (p == '*' || p == '%' && c != MailboxName.Separator) next[i] = any = true;
            else if (p == c || ignoreCase && char.ToUpperInvariant(p) == c) next[i + 1] = any = true;
        }
        return any;
    }

    // A wildcard also matches nothing.
    private void SkipWildcards(Span<bool> states)
    {
        for (var i = 0; i < pattern.Length; i++)
            if (states[i] && pattern[i] is ('*' or '%')) states[i + 1] = true;
    }
}
