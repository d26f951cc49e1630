using Facteur.Mail;
using Facteur.Sieve.Messages;

namespace Facteur.Sieve.Commands;

/// <summary>A mailto URI as a method of notification.</summary>
/// <param name="Recipients">All addresses, those of "to" and "cc" included.</param>
// RFC 5436 §2.7; the syntax of RFC 6068 §2.
internal sealed record MailtoUri(IReadOnlyList<MailAddress> Recipients, IReadOnlyList<MailAddress> Cc, string? Subject, string? Body, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const string Scheme = "mailto:";
    private const int MaxUri = 4_096;
    private const int MaxRecipients = 10;

    // RFC 5436 §2.7: made for the notification itself, or unsafe; and those that say what its body is.
    private static readonly string[] ignored =
        ["from", "auto-submitted", "received", "message-id", "date", "sender", "return-path", "bcc", "mime-version", "content-type", "content-transfer-encoding", "dkim-signature", "resent-from", "resent-to"];

    /// <summary>Null when it is another URI, or has no address that can be written to.</summary>
    public static MailtoUri? Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.Length > MaxUri || text.AsSpan().ContainsAnyExceptInRange('!', '~') || !IsEncoded(text)) return null;
        var rest = text[Scheme.Length..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var to = new List<MailAddress>();
        var cc = new List<MailAddress>();
        if (!AddAddresses(query < 0 ? rest : rest[..query], to)) return null;
        string? subject = null, body = null;
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var pair in query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return null;
            var name = Uri.UnescapeDataString(pair[..equals]);
            var value = Uri.UnescapeDataString(pair[(equals + 1)..]);
            switch (name.ToLowerInvariant())
            {
                case "to" when !AddAddresses(pair[(equals + 1)..], to):
                case "cc" when !AddAddresses(pair[(equals + 1)..], cc):
                    return null;
                case "to" or "cc":
                    break;
                case "subject":
                    subject = value;
                    break;
                case "body":
                    body = value;
                    break;
                case var other when IsFieldName(name) && !ignored.Contains(other):
                    fields.Add(new(name, value));
                    break;
            }
        }
        return to.Count + cc.Count is > 0 and <= MaxRecipients ? new MailtoUri([.. to, .. cc], cc, subject, body, fields) : null;
    }

    private static bool AddAddresses(string encoded, List<MailAddress> addresses)
    {
        foreach (var one in encoded.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!AddressValue.TryRead(Uri.UnescapeDataString(one), out var address)) return false;
            addresses.Add(address);
        }
        return true;
    }

    /// <summary>Each "%" is followed by two hexadecimal digits.</summary>
    private static bool IsEncoded(string text)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])) return false;
        return true;
    }

    private static bool IsFieldName(string name) => name.Length <= 76 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);
}
