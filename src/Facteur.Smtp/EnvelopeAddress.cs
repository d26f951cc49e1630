using System.Buffers;
using System.Text;

namespace Facteur.Smtp;

/// <summary>A mailbox of an envelope (RFC 5321 §4.1.2 "Mailbox"), without its angle brackets and without a source route.</summary>
public sealed record EnvelopeAddress
{
    private static readonly SearchValues<char> Atext = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    internal EnvelopeAddress(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>An address that may be used, as an envelope has it.</summary>
    public static EnvelopeAddress Of(Mail.MailAddress address) => new(address.LocalPart, address.Domain);

    /// <summary>Reads an address as <see cref="ToString"/> writes it.</summary>
    public static bool TryParse(string text, out EnvelopeAddress address)
    {
        if (text.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
        {
            address = new EnvelopeAddress(text, ""); // RFC 5321 §4.5.1
            return true;
        }
        var parsed = Mail.MailAddress.TryParse(text, out var mail);
        address = parsed ? Of(mail) : null!;
        return parsed;
    }

    /// <summary>Local part with quotes and backslashes removed: all quoted forms of one name are equal (RFC 5321 §4.1.2).</summary>
    public string LocalPart { get; }

    /// <summary>Domain as written, or an address literal with its brackets; empty only for "postmaster" without a domain (RFC 5321 §4.5.1).</summary>
    public string Domain { get; }

    public bool IsAddressLiteral => Domain.StartsWith('[');

    /// <summary>Holds octets beyond ASCII, which take SMTPUTF8 (RFC 6531 §3.3).</summary>
    public bool IsInternational => !Ascii.IsValid(LocalPart) || !Ascii.IsValid(Domain);

    /// <summary>The address as it goes on a wire or in a header field, with the least quoting.</summary>
    public override string ToString() => Domain.Length == 0 ? Quoted() : $"{Quoted()}@{Domain}";

    private string Quoted()
    {
        if (IsDotString(LocalPart)) return LocalPart;
        var quoted = new StringBuilder(LocalPart.Length + 2).Append('"');
        foreach (var c in LocalPart)
        {
            if (c is '"' or '\\') quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static bool IsDotString(string text)
    {
        if (text.Length == 0 || text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal)) return false;
        foreach (var c in text)
            if (c < '\x80' && !Atext.Contains(c)) return false;
        return true;
    }
}
