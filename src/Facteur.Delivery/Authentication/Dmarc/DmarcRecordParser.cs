using System.Globalization;
using Facteur.Mail;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>Reads records (RFC 7489 §6.3, §6.4): strict about the version, forgiving about all else, as §6.3 asks.</summary>
public static class DmarcRecordParser
{
    private const int MaxLength = 8192;
    private const int MaxTags = 100;
    private const int MaxDestinations = 20;
    private static readonly TimeSpan Day = TimeSpan.FromSeconds(86400);

    /// <summary>A policy record at <paramref name="domain"/>; null when the text is none.</summary>
    public static DmarcRecord? Parse(string text, string domain)
    {
        if (ReadTags(text) is not { } tags) return null;
        var destinations = Destinations(tags, "rua", out var asksForReports);
        var failures = Destinations(tags, "ruf", out _);
        var good = TryPolicy(tags, "p", out var policy) & TryPolicy(tags, "sp", out var subdomains) & TryPolicy(tags, "np", out var nonexistent) && policy is not null;
        if (!good) policy = subdomains = nonexistent = null;
        return new DmarcRecord(domain, good || asksForReports, policy ?? DmarcPolicy.None, subdomains, nonexistent, Is(tags, "adkim", "s"), Is(tags, "aspf", "s"),
            Is(tags, "t", "y") ? 0 : Percent(tags), Is(tags, "psd", "y") ? DmarcPsd.Yes : Is(tags, "psd", "n") ? DmarcPsd.No : DmarcPsd.Unsaid,
            destinations, failures, FailureOptions(tags), Interval(tags));
    }

    /// <summary>The destinations that a record of RFC 7489 §7.1 names: empty when it only agrees; null when the text is no such record.</summary>
    public static IReadOnlyList<DmarcDestination>? ParseConsent(string text, string tag) =>
        ReadTags(text) is { } tags ? Destinations(tags, tag, out _) : null;

    // tag-list of RFC 6376 §3.2, "v=DMARC1" first and in these letters. A tag said twice counts as first said.
    private static Dictionary<string, string>? ReadTags(string text)
    {
        if (text.Length > MaxLength) return null;
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var range in text.AsSpan().Split(';'))
        {
            var tag = text.AsSpan(range);
            var equals = tag.IndexOf('=');
            var name = equals < 0 ? default : tag[..equals].Trim(" \t");
            var value = equals < 0 ? default : tag[(equals + 1)..].Trim(" \t");
            if (tags.Count == 0 && !(name is "v" or "V" && value is "DMARC1")) return null;
            if (name.IsEmpty) continue;
            tags.TryAdd(name.ToString(), value.ToString());
            if (tags.Count == MaxTags) break;
        }
        return tags;
    }

    // False for a value that is no policy.
    private static bool TryPolicy(Dictionary<string, string> tags, string name, out DmarcPolicy? policy)
    {
        policy = null;
        if (!tags.TryGetValue(name, out var value)) return true;
        policy = value.ToLowerInvariant() switch
        {
            "none" => DmarcPolicy.None,
            "quarantine" => DmarcPolicy.Quarantine,
            "reject" => DmarcPolicy.Reject,
            _ => null,
        };
        return policy is not null;
    }

    private static bool Is(Dictionary<string, string> tags, string name, string wanted) =>
        tags.TryGetValue(name, out var value) && value.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static int Percent(Dictionary<string, string> tags) =>
        tags.TryGetValue("pct", out var value) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100 ? percent : 100;

    private static TimeSpan Interval(Dictionary<string, string> tags) =>
        tags.TryGetValue("ri", out var value) && uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : Day;

    private static string FailureOptions(Dictionary<string, string> tags)
    {
        if (!tags.TryGetValue("fo", out var value)) return "0";
        var letters = value.ToLowerInvariant().Split(':', StringSplitOptions.TrimEntries).Where(letter => letter is "0" or "1" or "d" or "s").Distinct();
        return string.Join(':', letters) is { Length: > 0 } options ? options : "0";
    }

    // dmarc-uri *("," dmarc-uri); anyValid says that at least one is a URI, usable by us or not (RFC 7489 §6.6.3 step 6).
    private static List<DmarcDestination> Destinations(Dictionary<string, string> tags, string name, out bool anyValid)
    {
        var found = new List<DmarcDestination>();
        anyValid = false;
        if (!tags.TryGetValue(name, out var list)) return found;
        foreach (var range in list.AsSpan().Split(','))
        {
            var text = list.AsSpan(range).Trim(" \t");
            if (!TryLimit(ref text, out var limit)) continue;
            if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            {
                if (Mailbox(text["mailto:".Length..]) is not { } mailbox) continue;
                anyValid = true;
                if (found.Count < MaxDestinations) found.Add(new DmarcDestination(mailbox, limit));
            }
            else if (Uri.TryCreate(text.ToString(), UriKind.Absolute, out _)) anyValid = true;
        }
        return found;
    }

    // [ "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] ], units being powers of two.
    private static bool TryLimit(ref ReadOnlySpan<char> text, out long? limit)
    {
        limit = null;
        var mark = text.LastIndexOf('!');
        if (mark < 0) return true;
        var number = text[(mark + 1)..];
        text = text[..mark];
        var shift = number.IsEmpty ? 0 : char.ToLowerInvariant(number[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        if (shift > 0) number = number[..^1];
        if (!ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        limit = count > (ulong)(long.MaxValue >> shift) ? long.MaxValue : (long)count << shift;
        return true;
    }

    // RFC 6068, one address; header fields that somebody would have us send are not.
    private static MailAddress? Mailbox(ReadOnlySpan<char> text)
    {
        var query = text.IndexOf('?');
        if (query >= 0) text = text[..query];
        return MailAddress.TryParse(Uri.UnescapeDataString(text.ToString()), out var address) && System.Text.Ascii.IsValid(address.ToString()) ? address : null;
    }
}
