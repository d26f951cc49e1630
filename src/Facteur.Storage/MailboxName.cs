using System.Text;

namespace Facteur.Storage;

/// <summary>
/// Names of mailboxes: levels with "/" between them, NFC, "INBOX" in any case is the inbox, also as the first of several levels
/// (RFC 9051 §5.1). They are never paths of files.
/// </summary>
public static class MailboxName
{
    public const string Inbox = "INBOX";
    public const char Separator = '/';

    /// <summary>Octets of one level in UTF-8.</summary>
    public const int MaxLevelOctets = 255;

    /// <summary>Octets of a whole name in UTF-8.</summary>
    public const int MaxOctets = 1000;

    public const int MaxDepth = 100;

    /// <summary>The name as the store writes it; throws <see cref="StoreRefusal.BadName"/> for one it does not take.</summary>
    public static string Normalize(string name) =>
        TryNormalize(name, out var normal) ? normal : throw new StoreRefusedException(StoreRefusal.BadName, "this is not a name for a mailbox");

    /// <summary>The name as the store writes it, when it takes it.</summary>
    public static bool TryNormalize(string name, out string normal)
    {
        normal = name;
        if (name.Length is 0 or > MaxOctets) return false;
        foreach (var rune in name.EnumerateRunes())
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) return false;
        normal = name.Normalize(NormalizationForm.FormC);
        if (Encoding.UTF8.GetByteCount(normal) > MaxOctets) return false;
        var depth = 0;
        foreach (var range in normal.AsSpan().Split(Separator))
        {
            var level = normal.AsSpan(range);
            if (++depth > MaxDepth || level.IsEmpty || level is "." or ".." || Encoding.UTF8.GetByteCount(level) > MaxLevelOctets) return false;
        }
        var first = normal.AsSpan(0, normal.IndexOf(Separator) is var at && at < 0 ? normal.Length : at);
        if (first.Equals(Inbox, StringComparison.OrdinalIgnoreCase)) normal = string.Concat(Inbox, normal.AsSpan(first.Length));
        return true;
    }

    /// <summary>The name above, or null at the top.</summary>
    public static string? Parent(string name) => name.LastIndexOf(Separator) is var at && at < 0 ? null : name[..at];

    /// <summary>True when <paramref name="name"/> stands below <paramref name="above"/>.</summary>
    public static bool IsBelow(string name, string above) =>
        name.Length > above.Length && name[above.Length] == Separator && name.StartsWith(above, StringComparison.Ordinal);

    /// <summary>INBOX first, parents before children, then by name.</summary>
    public static int Compare(string a, string b)
    {
        var (rankA, rankB) = (Rank(a), Rank(b));
        if (rankA != rankB) return rankA - rankB;
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
            if (a[i] != b[i]) return a[i] == Separator ? -1 : b[i] == Separator ? 1 : a[i] - b[i];
        return a.Length - b.Length;

        static int Rank(string name) => name == Inbox || IsBelow(name, Inbox) ? 0 : 1;
    }
}
