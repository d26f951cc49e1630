using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>Reads records after the grammar of RFC 7208 §12. All of a record is read before any of it is followed (§4.6).</summary>
internal static class SpfRecordParser
{
    private const string Version = "v=spf1";

    // RFC 7208 §3.4 wants a reply of 512 octets; the largest records in use are a few times that.
    private const int MaxLength = 8192;

    /// <summary>The text is a record of ours (RFC 7208 §4.5).</summary>
    public static bool IsRecord(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <exception cref="SpfErrorException">There is an error anywhere in it.</exception>
    public static SpfRecord Parse(string text)
    {
        if (text.Length > MaxLength) throw SpfErrorException.Permanent("the record is longer than " + MaxLength.ToString(CultureInfo.InvariantCulture) + " octets");
        var terms = text.AsSpan(Version.Length);
        if (terms.ContainsAnyExceptInRange(' ', '~')) throw SpfErrorException.Permanent("the record has characters outside printable ASCII");
        var directives = new List<SpfDirective>();
        SpfMacroString? redirect = null, explanation = null;
        foreach (var range in terms.Split(' '))
        {
            var term = terms[range];
            if (term.IsEmpty) continue;
            var mark = term.IndexOfAny('=', ':', '/');
            if (mark < 0 || term[mark] != '=') directives.Add(Directive(term));
            else if (term[..mark].Equals("redirect", StringComparison.OrdinalIgnoreCase)) Once(ref redirect, term, mark);
            else if (term[..mark].Equals("exp", StringComparison.OrdinalIgnoreCase)) Once(ref explanation, term, mark);
            else UnknownModifier(term, mark);
        }
        return new SpfRecord(directives, redirect, explanation);
    }

    private static void Once(ref SpfMacroString? modifier, ReadOnlySpan<char> term, int mark)
    {
        if (modifier is not null) throw Bad(term, "stands twice");
        modifier = DomainSpec(term[(mark + 1)..], term);
    }

    private static void UnknownModifier(ReadOnlySpan<char> term, int mark)
    {
        var name = term[..mark];
        var good = !name.IsEmpty && char.IsAsciiLetter(name[0]);
        foreach (var c in name) good &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
        if (!good || SpfMacroString.Parse(term[(mark + 1)..], SpfMacroPlace.UnknownModifier) is null) throw Bad(term, "is no modifier");
    }

    private static SpfDirective Directive(ReadOnlySpan<char> term)
    {
        var verdict = term[0] switch { '-' => SpfVerdict.Fail, '~' => SpfVerdict.SoftFail, '?' => SpfVerdict.Neutral, _ => SpfVerdict.Pass };
        var body = term[0] is '+' or '-' or '~' or '?' ? term[1..] : term;
        var end = body.IndexOfAny(':', '/') is var at and >= 0 ? at : body.Length;
        var rest = body[end..];
        return Mechanism(body[..end], term) switch
        {
            SpfMechanism.All when rest.IsEmpty => new SpfDirective(verdict, SpfMechanism.All, null, [], 0, 0, term.ToString()),
            SpfMechanism.All => throw Bad(term, "takes no argument"),
            SpfMechanism.Ip4 => Network(verdict, SpfMechanism.Ip4, rest, term),
            SpfMechanism.Ip6 => Network(verdict, SpfMechanism.Ip6, rest, term),
            var kind => Named(verdict, kind, rest, term),
        };
    }

    private static SpfMechanism Mechanism(ReadOnlySpan<char> name, ReadOnlySpan<char> term)
    {
        Span<char> lower = stackalloc char[8];
        return name.Length > lower.Length || name.ToLowerInvariant(lower) < 0 ? throw Bad(term, "is no mechanism") : lower[..name.Length] switch
        {
            "all" => SpfMechanism.All,
            "include" => SpfMechanism.Include,
            "a" => SpfMechanism.A,
            "mx" => SpfMechanism.Mx,
            "ptr" => SpfMechanism.Ptr,
            "ip4" => SpfMechanism.Ip4,
            "ip6" => SpfMechanism.Ip6,
            "exists" => SpfMechanism.Exists,
            _ => throw Bad(term, "is no mechanism"),
        };
    }

    // include, a, mx, ptr, exists: [ ":" domain-spec ] and, for a and mx, [ dual-cidr-length ]
    private static SpfDirective Named(SpfVerdict verdict, SpfMechanism kind, ReadOnlySpan<char> rest, ReadOnlySpan<char> term)
    {
        int prefix4 = SpfDirective.AllBits4, prefix6 = SpfDirective.AllBits6;
        if (kind is SpfMechanism.A or SpfMechanism.Mx)
        {
            prefix6 = TakePrefix(ref rest, "//", SpfDirective.AllBits6, term);
            prefix4 = TakePrefix(ref rest, "/", SpfDirective.AllBits4, term);
        }
        if (rest.IsEmpty && kind is not (SpfMechanism.Include or SpfMechanism.Exists))
            return new SpfDirective(verdict, kind, null, [], prefix4, prefix6, term.ToString());
        if (rest.IsEmpty || rest[0] != ':') throw Bad(term, "lacks its domain");
        return new SpfDirective(verdict, kind, DomainSpec(rest[1..], term), [], prefix4, prefix6, term.ToString());
    }

    private static SpfDirective Network(SpfVerdict verdict, SpfMechanism kind, ReadOnlySpan<char> rest, ReadOnlySpan<char> term)
    {
        var four = kind == SpfMechanism.Ip4;
        var prefix = TakePrefix(ref rest, "/", four ? SpfDirective.AllBits4 : SpfDirective.AllBits6, term);
        if (rest.IsEmpty || rest[0] != ':' || (four ? Ip4(rest[1..]) : Ip6(rest[1..])) is not { } address) throw Bad(term, "has no good address");
        return new SpfDirective(verdict, kind, null, address, prefix, prefix, term.ToString());
    }

    // A prefix length at the end of the term, taken off it. What is no such length stays and breaks the domain-spec or the address.
    private static int TakePrefix(ref ReadOnlySpan<char> rest, ReadOnlySpan<char> mark, int max, ReadOnlySpan<char> term)
    {
        var digits = rest.Length - 1 - rest.LastIndexOfAnyExceptInRange('0', '9');
        if (digits == 0 || !rest[..^digits].EndsWith(mark)) return max;
        var number = rest[^digits..];
        if (digits > 3 || number is ['0', _, ..]) throw Bad(term, "has a bad prefix length");
        var bits = int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture);
        if (bits > max) throw Bad(term, "has a bad prefix length");
        rest = rest[..^(digits + mark.Length)];
        return bits;
    }

    // qnum "." qnum "." qnum "." qnum
    private static byte[]? Ip4(ReadOnlySpan<char> text)
    {
        var octets = new byte[4];
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var number = text[range];
            if (count == 4 || number.Length is 0 or > 3 || number is ['0', _, ..] || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out octets[count])) return null;
            count++;
        }
        return count == 4 ? octets : null;
    }

    // Brackets, ports and zones, which the platform's reader takes, are no part of RFC 4291 §2.2.
    private static byte[]? Ip6(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.')) return null;
        return IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? address.GetAddressBytes() : null;
    }

    private static SpfMacroString DomainSpec(ReadOnlySpan<char> text, ReadOnlySpan<char> term) =>
        SpfMacroString.Parse(text, SpfMacroPlace.DomainSpec) ?? throw Bad(term, "has no good domain");

    private static SpfErrorException Bad(ReadOnlySpan<char> term, string problem) =>
        SpfErrorException.Permanent($"\"{DnsName.Printable(term.ToString())}\" {problem}");
}
