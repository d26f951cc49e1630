using System.Globalization;
using System.Text;

namespace Facteur.Delivery.Tracing;

/// <summary>Names of the details of trace rows, and the way they are put together: printable, short, none empty.</summary>
public sealed class TraceDetail
{
    public const string Remote = "remote";
    public const string Hello = "hello";
    public const string Tls = "tls";
    public const string Account = "account";
    public const string Spf = "spf";
    public const string Dkim = "dkim";
    public const string Dmarc = "dmarc";
    public const string Arc = "arc";
    public const string Score = "score";
    public const string Code = "code";
    public const string Reason = "reason";
    public const string Mailbox = "mailbox";
    public const string NotBefore = "notBefore";
    public const string To = "to";

    /// <summary>Behind the name of a detail that has another text in French.</summary>
    internal const string InFrench = ".fr";

    /// <summary>Longest value, in characters; the rest is cut.</summary>
    public const int MaxValue = 1_000;

    private readonly List<KeyValuePair<string, string>> values = [];

    /// <summary>Adds a value unless it is empty.</summary>
    public TraceDetail Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) values.Add(new(name, Printable(value)));
        return this;
    }

    /// <summary>Adds a reason in its languages.</summary>
    internal TraceDetail Add(string name, TraceReason? reason)
    {
        Add(name, reason?.English);
        return reason?.French != reason?.English ? Add(name + InFrench, reason?.French) : this;
    }

    public TraceDetail Add(string name, int value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    public TraceDetail Add(string name, DateTimeOffset? at) => Add(name, at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    public IReadOnlyList<KeyValuePair<string, string>> Values => values;

    /// <summary>What came from outside, fit for a terminal, a log and a page: no control characters, no line ends, no direction marks.</summary>
    public static string Printable(string text)
    {
        var kept = text.Length <= MaxValue ? text : text[..(char.IsHighSurrogate(text[MaxValue - 1]) ? MaxValue - 1 : MaxValue)];
        if (!kept.Any(IsUnfit)) return kept;
        var clean = new StringBuilder(kept.Length);
        foreach (var c in kept) clean.Append(IsUnfit(c) ? ' ' : c);
        return clean.ToString();
    }

    private static bool IsUnfit(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
