using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Smtp.Wire;

/// <summary>
/// Typed arguments of one command line (RFC 5321 §4.1.2). Throws <see cref="SmtpSyntaxException"/> with the answer for the client.
/// </summary>
internal ref struct SmtpReader(ReadOnlySpan<byte> line)
{
    // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, its angle brackets included.
    private const int MaxAddressOctets = 254;
    private const int MaxDomainOctets = 255;

    private static readonly SearchValues<char> Ipv4Characters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> LocalOctets = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."u8);
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = line;

    /// <summary>Take a path without angle brackets too, as some clients of people write it.</summary>
    public bool TakesBarePath { get; init; }

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <summary>A control character (TAB excepted) anywhere in the rest: CR, LF and NUL in a quoted string among them.</summary>
    public readonly bool HasControls => rest.ContainsAny(Controls);

    /// <summary>The command's name: letters up to a blank or the end.</summary>
    public ReadOnlySpan<byte> Name()
    {
        var end = rest.IndexOfAnyExcept(Letters);
        if (end < 0) end = rest.Length;
        var name = rest[..end];
        rest = rest[end..];
        return name;
    }

    /// <summary>Passes over blanks; servers should take more than one (RFC 5321 §4.1.1).</summary>
    public void Blanks()
    {
        var end = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        rest = end < 0 ? [] : rest[end..];
    }

    /// <summary>Nothing may follow but blanks (RFC 5321 §4.1.1: trailing white space is passed over).</summary>
    public void End()
    {
        Blanks();
        if (!rest.IsEmpty) throw Replies.Syntax("no argument is allowed here");
    }

    /// <summary>One word up to a blank; empty at the end.</summary>
    public ReadOnlySpan<byte> Word()
    {
        Blanks();
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        if (end < 0) end = rest.Length;
        var word = rest[..end];
        rest = rest[end..];
        return word;
    }

    /// <summary>"FROM:" or "TO:" in any case. Outlook writes a blank after the colon, some devices one before it.</summary>
    public void Prefix(ReadOnlySpan<byte> word)
    {
        Blanks();
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word))
            throw Replies.Syntax($"{Encoding.ASCII.GetString(word)}: expected");
        rest = rest[word.Length..];
        Blanks();
        if (rest.IsEmpty || rest[0] != ':') throw Replies.Syntax($"{Encoding.ASCII.GetString(word)}: expected");
        rest = rest[1..];
        Blanks();
    }

    /// <summary>A path (RFC 5321 §4.1.2); a source route is read and ignored. Null is "&lt;&gt;".</summary>
    /// <param name="badAddress">Enhanced code for an address of bad form: 5.1.7 of a sender, 5.1.3 of a recipient (RFC 3463 §3.2).</param>
    public EnvelopeAddress? Path(string badAddress)
    {
        var bracketed = !rest.IsEmpty && rest[0] == '<';
        if (!bracketed && !TakesBarePath) throw Bad(badAddress, "an address in angle brackets is expected");
        if (bracketed) rest = rest[1..];
        if (bracketed && !rest.IsEmpty && rest[0] == '>')
        {
            rest = rest[1..];
            EndOfPath(badAddress);
            return null;
        }
        if (bracketed && !rest.IsEmpty && rest[0] == '@') SourceRoute(badAddress);
        var start = rest;
        var localPart = LocalPart(badAddress);
        var domain = "";
        if (!rest.IsEmpty && rest[0] == '@')
        {
            rest = rest[1..];
            domain = Domain(badAddress, untilColon: false);
        }
        else if (!localPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
            throw Bad(badAddress, "the address has no domain");
        if (start.Length - rest.Length > MaxAddressOctets) throw Bad(badAddress, "the address is longer than 254 octets");
        if (bracketed)
        {
            if (rest.IsEmpty || rest[0] != '>') throw Bad(badAddress, "the address is not closed by >");
            rest = rest[1..];
        }
        EndOfPath(badAddress);
        return new EnvelopeAddress(localPart, domain);
    }

    /// <summary>The next parameter (RFC 5321 §4.1.2 "esmtp-param"); false at the end.</summary>
    public bool Parameter(out string keyword, out string? value)
    {
        keyword = "";
        value = null;
        var word = Word();
        if (word.IsEmpty) return false;
        var equals = word.IndexOf((byte)'=');
        var name = equals < 0 ? word : word[..equals];
        if (name.IsEmpty || name.ContainsAnyExcept(Keyword)) throw Replies.Syntax("a parameter is of bad form");
        keyword = Encoding.ASCII.GetString(name).ToUpperInvariant();
        if (equals < 0) return true;
        value = Text(word[(equals + 1)..]) ?? throw Replies.Syntax("a parameter is of bad form");
        return true;
    }

    private static readonly SearchValues<byte> Keyword = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private readonly void EndOfPath(string badAddress)
    {
        if (!rest.IsEmpty && rest[0] is not ((byte)' ' or (byte)'\t')) throw Bad(badAddress, "something follows the address");
    }

    // "@a,@b:" is read for its form and dropped: it must be accepted and should be ignored (RFC 5321 §4.1.2 "A-d-l").
    private void SourceRoute(string badAddress)
    {
        while (true)
        {
            if (rest.IsEmpty || rest[0] != '@') throw Bad(badAddress, "the source route is of bad form");
            rest = rest[1..];
            Domain(badAddress, untilColon: true);
            if (rest.IsEmpty) throw Bad(badAddress, "the source route is of bad form");
            var separator = rest[0];
            rest = rest[1..];
            if (separator == ':') return;
            if (separator != ',') throw Bad(badAddress, "the source route is of bad form");
        }
    }

    private string LocalPart(string badAddress)
    {
        if (!rest.IsEmpty && rest[0] == '"') return QuotedLocalPart(badAddress);
        var end = 0;
        while (end < rest.Length && (LocalOctets.Contains(rest[end]) || rest[end] >= 0x80)) end++;
        if (end == 0) throw Bad(badAddress, "the address has no local part");
        // Dots at the ends or in a row are taken: some mobile operators gave such names to people.
        var text = Text(rest[..end]) ?? throw Bad(badAddress, "the address is not UTF-8");
        rest = rest[end..];
        return text;
    }

    private string QuotedLocalPart(string badAddress)
    {
        Span<byte> unquoted = stackalloc byte[MaxAddressOctets];
        var length = 0;
        var i = 1;
        for (; i < rest.Length && rest[i] != '"'; i++)
        {
            if (rest[i] == '\\' && ++i >= rest.Length) break;
            // A control character or a quoted pair of one is no QcontentSMTP (RFC 5321 §4.1.2).
            if (rest[i] is < 0x20 or 0x7f) throw Bad(badAddress, "the quoted local part holds a control character");
            if (length == unquoted.Length) throw Bad(badAddress, "the address is longer than 254 octets");
            unquoted[length++] = rest[i];
        }
        if (i >= rest.Length) throw Bad(badAddress, "the quoted local part is not closed");
        if (length == 0) throw Bad(badAddress, "the local part is empty");
        var text = Text(unquoted[..length]) ?? throw Bad(badAddress, "the address is not UTF-8");
        rest = rest[(i + 1)..];
        return text;
    }

    private string Domain(string badAddress, bool untilColon)
    {
        if (!rest.IsEmpty && rest[0] == '[') return AddressLiteral(badAddress);
        var end = untilColon ? rest.IndexOfAny((byte)',', (byte)':', (byte)'>') : rest.IndexOfAny((byte)'>', (byte)' ', (byte)'\t');
        if (end < 0) end = rest.Length;
        if (!IsDomain(rest[..end])) throw Bad(badAddress, "the domain is of bad form");
        var text = Text(rest[..end]) ?? throw Bad(badAddress, "the address is not UTF-8");
        rest = rest[end..];
        return text;
    }

    /// <summary>A domain of letters, digits, hyphens and (RFC 6531 §3.3) UTF-8; no empty label, so none at the end either.</summary>
    public static bool IsDomain(ReadOnlySpan<byte> domain)
    {
        if (domain.IsEmpty || domain.Length > MaxDomainOctets) return false;
        var label = 0;
        for (var i = 0; i < domain.Length; i++)
        {
            var c = domain[i];
            if (c == '.')
            {
                if (label == 0 || domain[i - 1] == '-') return false;
                label = 0;
                continue;
            }
            if (!(char.IsAsciiLetterOrDigit((char)c) || c >= 0x80 || (c == '-' && label > 0)) || ++label > 63) return false;
        }
        return label > 0 && domain[^1] != '-';
    }

    private string AddressLiteral(string badAddress)
    {
        var end = rest.IndexOf((byte)']');
        var text = end < 0 ? null : Text(rest[..(end + 1)]);
        if (text is null || !IsAddressLiteral(text)) throw Bad(badAddress, "the address literal is of bad form");
        rest = rest[(end + 1)..];
        return text;
    }

    /// <summary>"[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 §4.1.3); other tags are registered nowhere.</summary>
    public static bool IsAddressLiteral(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != '[' || text[^1] != ']') return false;
        var inner = text[1..^1];
        if (inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            return inner.IndexOf('%') < 0 && IPAddress.TryParse(inner[5..], out var six) && six.AddressFamily == AddressFamily.InterNetworkV6;
        return inner.Count('.') == 3 && !inner.ContainsAnyExcept(Ipv4Characters) && IPAddress.TryParse(inner, out _);
    }

    private static string? Text(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets)) return Encoding.ASCII.GetString(octets);
        try
        {
            return StrictUtf8.GetString(octets);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static SmtpSyntaxException Bad(string enhanced, string text) => new(SmtpReply.Of(501, enhanced, text));
}
