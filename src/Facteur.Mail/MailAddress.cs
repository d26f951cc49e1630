using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Mail;

/// <summary>One address that may be used: local part without quotes, domain as written. Made by <see cref="TryParse"/> or <see cref="TryCreate"/>, which refuse what SMTP must not carry (S-02).</summary>
public sealed record MailAddress
{
    // RFC 5321 §4.5.3.1.1, §4.5.3.1.2 and, for the whole path less its brackets, §4.5.3.1.3.
    private const int MaxLocalOctets = 64;
    private const int MaxDomainOctets = 255;
    private const int MaxAddressOctets = 254;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create("()<>,; ");

    private MailAddress(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    public string LocalPart { get; }

    public string Domain { get; }

    /// <summary>The address as it is written on the wire (RFC 5321 §4.1.2), the local part quoted when it is no dot-string.</summary>
    public override string ToString() => QuoteLocalPart(LocalPart) + '@' + Domain;

    /// <summary>Reads exactly one address, without a name, brackets or comments.</summary>
    public static bool TryParse(string text, out MailAddress address)
    {
        address = null!;
        if (text.Length > MaxAddressOctets * 2 || text.AsSpan().ContainsAny(Delimiters) && !text.StartsWith('"'))
            return false;
        var items = AddressParser.ParseList(Encoding.UTF8.GetBytes(text), 2);
        // Round trip: nothing was left out, joined or repaired on the way.
        return items is [{ Kind: AddressItemKind.Mailbox, RawDisplayName: null, Route: null } item]
            && TryCreate(item.LocalPart, item.Domain, out address)
            && (text == address.ToString() || text == Quoted(address.LocalPart) + '@' + address.Domain);
    }

    /// <summary>Makes an address of an unquoted local part and a domain or address literal.</summary>
    public static bool TryCreate(string localPart, string domain, out MailAddress address)
    {
        var valid = IsLocalPart(localPart) && IsDomain(domain)
            && Encoding.UTF8.GetByteCount(localPart) + Encoding.UTF8.GetByteCount(domain) + 1 <= MaxAddressOctets;
        address = valid ? new MailAddress(localPart, domain) : null!;
        return valid;
    }

    /// <summary>True for a local part, without quotes, that may be carried: 1 to 64 octets, no control character, no line separator, no lone surrogate (RFC 5321 §4.1.2, RFC 6531 §3.3).</summary>
    public static bool IsLocalPart(ReadOnlySpan<char> localPart)
    {
        if (localPart.IsEmpty || localPart.Length > MaxLocalOctets || Encoding.UTF8.GetByteCount(localPart) > MaxLocalOctets)
            return false;
        foreach (var c in localPart)
            if (EncodedWords.IsBreak(c) || c == '\uFFFD')
                return false;
        return !HasLoneSurrogate(localPart);
    }

    /// <summary>True for a domain name of letters, digits, hyphens and U-labels, or an address literal (RFC 5321 §4.1.2, §4.1.3; RFC 6531 §3.3).</summary>
    public static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain.IsEmpty || domain.Length > MaxDomainOctets || Encoding.UTF8.GetByteCount(domain) > MaxDomainOctets)
            return false;
        if (domain[0] == '[')
            return IsLiteral(domain);
        foreach (var range in domain.Split('.'))
            if (!IsLabel(domain[range]))
                return false;
        return !HasLoneSurrogate(domain);
    }

    /// <summary>A local part as written in an address: itself when it is a dot-string, else a quoted string.</summary>
    public static string QuoteLocalPart(string localPart) => IsDotString(localPart) ? localPart : Quoted(localPart);

    private static string Quoted(string localPart) => EncodedWords.Quote(localPart);

    private static bool IsDotString(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('.'))
        {
            var atom = text[range];
            if (atom.IsEmpty)
                return false;
            foreach (var c in atom)
                if (c is <= ' ' or '\u007F' || "()<>[]:;@\\,\"".Contains(c))
                    return false;
        }
        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label.Length > 63 || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var c in label)
            if (c < 0x80 ? !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_') : EncodedWords.IsBreak(c) || char.IsWhiteSpace(c) || c == '\uFFFD')
                return false;
        return true;
    }

    private static bool IsLiteral(ReadOnlySpan<char> domain)
    {
        if (domain[^1] != ']')
            return false;
        var inside = domain[1..^1];
        return inside.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
            ? !inside.Contains('%') && IPAddress.TryParse(inside[5..], out var six) && six.AddressFamily == AddressFamily.InterNetworkV6
            : inside.Count('.') == 3 && IPAddress.TryParse(inside, out var four) && four.AddressFamily == AddressFamily.InterNetwork;
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune == Rune.ReplacementChar)
                return true;
        return false;
    }
}
