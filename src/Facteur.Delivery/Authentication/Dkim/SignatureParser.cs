using System.Globalization;
using System.Text;
using Facteur.Delivery.Authentication.Arc;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>
/// Reads a signature's field, strictly: what is inconsistent makes the signature void (RFC 6376 §6.1.1). Syntax that cannot be
/// read or is of a later day gives "neutral", a rule of DKIM that is broken "permerror" (RFC 8601 §2.7.1).
/// </summary>
internal ref struct SignatureParser
{
    // An RSA key of 4096 bits, the longest accepted, makes 512.
    private const int MaxSignatureOctets = 1024;

    private readonly SignatureKind kind;
    private readonly int fieldIndex;
    private readonly ReadOnlySpan<byte> octets;
    private readonly TagList? list;
    private DkimVerdict verdict;
    private string? problem;

    private SignatureParser(SignatureKind kind, SignedHeader header, int fieldIndex)
    {
        this.kind = kind;
        this.fieldIndex = fieldIndex;
        octets = header.Octets;
        var field = header.Fields[fieldIndex];
        list = TagList.Parse(header.Body(field), field.BodyStart);
    }

    public static SignatureField Parse(SignatureKind kind, SignedHeader header, int fieldIndex) => new SignatureParser(kind, header, fieldIndex).Parse();

    private SignatureField Parse()
    {
        if (list is null) return new(null, DkimVerdict.Neutral, "the tags of the signature cannot be read", "", "", null, "", "", 0);
        // What a report names is read first, so that it is there when something else is wrong.
        var algorithm = list.Text(octets, "a"u8) ?? "";
        var domain = ReadDomain();
        var selector = list.Text(octets, "s"u8);
        var identity = kind == SignatureKind.Dkim ? ReadIdentity() : null;
        var encoded = list.Find(octets, "b"u8) is { } b ? WithoutSpace(octets[b.ValueStart..b.ValueEnd]) : "";
        var tags = Validate(algorithm, domain, selector, identity);
        return new(tags, tags is null ? verdict : DkimVerdict.None, problem, domain ?? "", selector ?? "", identity, algorithm, encoded,
            kind == SignatureKind.Dkim ? 0 : ArcInstance.Parse(list.Text(octets, "i"u8)));
    }

    private SignatureTags? Validate(string algorithm, string? domain, string? selector, string? identity)
    {
        if (!CheckRequired() || !CheckAlgorithm(algorithm)) return null;
        var signature = ReadBase64("b"u8);
        if (signature is null) return null;
        if (domain is null) return Refuse(DkimVerdict.PermError, "d= is no domain name");
        if (KeyName(selector!, domain) is not { } keyName) return Refuse(DkimVerdict.PermError, "s= is no selector");
        if (signature.Length > MaxSignatureOctets) return Refuse(DkimVerdict.Neutral, "b= is too long");
        var (created, expires) = (ReadTime("t"u8), kind == SignatureKind.ArcSeal ? null : ReadTime("x"u8));
        if (problem is not null) return null;
        if (expires <= created) return Refuse(DkimVerdict.PermError, "x= is not later than t=");
        var hole = list!.Find(octets, "b"u8)!.Value;
        var tags = new SignatureTags(fieldIndex, (hole.RawStart, hole.RawEnd), algorithm[..algorithm.IndexOf('-')].ToLowerInvariant(), signature, [],
            Canonicalization.Relaxed, Canonicalization.Relaxed, domain, selector!, keyName, domain, null, null, created, expires, "");
        return kind == SignatureKind.ArcSeal ? WithSeal(tags) : WithMessage(tags, identity);
    }

    // RFC 8617 §4.1.3: h= in a seal breaks the chain; cv= is required.
    private SignatureTags? WithSeal(SignatureTags tags)
    {
        if (list!.Find(octets, "h"u8) is not null) return Refuse(DkimVerdict.PermError, "a seal has no h=");
        return tags with { ChainStatus = list.Text(octets, "cv"u8)! };
    }

    private SignatureTags? WithMessage(SignatureTags tags, string? identity)
    {
        if (!TryReadCanonicalization(out var headerForm, out var bodyForm)) return Refuse(DkimVerdict.Neutral, "c= is not known");
        if (ReadBase64("bh"u8) is not { } bodyHash) return null;
        if (bodyHash.Length != HashInput.HashOctets) return Refuse(DkimVerdict.Neutral, "bh= is no SHA-256 hash");
        var names = list!.Find(octets, "h"u8)!.Value;
        if (HeaderNames.Parse(octets[names.ValueStart..names.ValueEnd], names.ValueStart, allowEmpty: kind == SignatureKind.ArcMessage) is not { } signed)
            return Refuse(DkimVerdict.Neutral, "h= is no list of field names");
        if (!TryReadLength(out var length)) return Refuse(DkimVerdict.Neutral, "l= is no number");
        if (!MayQueryDns()) return Refuse(DkimVerdict.Neutral, "q= names no way to the key that is known");
        tags = tags with { HeaderForm = headerForm, BodyForm = bodyForm, BodyHash = bodyHash, Names = signed, Length = length };
        return kind == SignatureKind.Dkim ? WithIdentity(tags, identity) : WithoutSeals(tags);
    }

    private SignatureTags? WithIdentity(SignatureTags tags, string? identity)
    {
        if (!tags.Names!.Contains(octets, "from"u8)) return Refuse(DkimVerdict.PermError, "From is not signed");
        if (list!.Find(octets, "i"u8) is null) return tags;
        var at = identity?.LastIndexOf('@') ?? -1;
        if (at < 0 || DnsName.OfMail(identity![(at + 1)..]) is not { } domain) return Refuse(DkimVerdict.PermError, "i= is no address");
        if (!DnsName.IsWithin(domain, tags.Domain)) return Refuse(DkimVerdict.PermError, "i= is not within d=");
        return tags with { IdentityDomain = domain };
    }

    // RFC 8617 §4.1.2 keeps all ARC fields out of h=. A seal is written after the signature and cannot be in it; the other two
    // were allowed by drafts, and chains made then still come by.
    private SignatureTags? WithoutSeals(SignatureTags tags) =>
        tags.Names!.Contains(octets, "arc-seal"u8) ? Refuse(DkimVerdict.PermError, "h= names ARC-Seal") : tags;

    private bool CheckRequired()
    {
        if (kind == SignatureKind.Dkim)
        {
            if (list!.Text(octets, "v"u8) is not { } version) return Refuse(DkimVerdict.PermError, "v= is missing") is not null;
            if (version != "1") return Refuse(DkimVerdict.Neutral, "v= is not 1") is not null;
        }
        ReadOnlySpan<string> required = kind == SignatureKind.ArcSeal ? ["a", "b", "d", "s", "cv"] : ["a", "b", "bh", "d", "h", "s"];
        Span<byte> name = stackalloc byte[2];
        foreach (var tag in required)
        {
            var length = Encoding.ASCII.GetBytes(tag, name);
            if (list!.Find(octets, name[..length]) is null) return Refuse(DkimVerdict.PermError, $"{tag}= is missing") is not null;
        }
        return true;
    }

    private bool CheckAlgorithm(string algorithm)
    {
        if (algorithm.Equals("rsa-sha256", StringComparison.OrdinalIgnoreCase) || algorithm.Equals("ed25519-sha256", StringComparison.OrdinalIgnoreCase)) return true;
        // RFC 8301 §3.1.
        if (algorithm.Equals("rsa-sha1", StringComparison.OrdinalIgnoreCase)) return Refuse(DkimVerdict.PermError, "rsa-sha1 is not accepted any more") is not null;
        return Refuse(DkimVerdict.Neutral, "a= is not known") is not null;
    }

    private string? ReadDomain()
    {
        var domain = list!.Text(octets, "d"u8);
        // RFC 6376 §3.5: two labels at least, no final dot.
        return domain is null || domain.EndsWith('.') || DnsName.OfMail(domain) is not { } name || !name.Contains('.') ? null : name;
    }

    // dkim-quoted-printable (RFC 6376 §2.11, RFC 8616 §5): white space is none of the value.
    private string? ReadIdentity()
    {
        if (list!.Find(octets, "i"u8) is not { } tag) return null;
        var value = octets[tag.ValueStart..tag.ValueEnd];
        var decoded = new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (IsFold(value[i])) continue;
            if (value[i] != '=')
            {
                decoded[length++] = value[i];
                continue;
            }
            if (i + 2 >= value.Length || !byte.TryParse(value.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)) return null;
            decoded[length++] = octet;
            i += 2;
        }
        return Encoding.UTF8.GetString(decoded, 0, length);
    }

    private byte[]? ReadBase64(ReadOnlySpan<byte> name)
    {
        var tag = list!.Find(octets, name)!.Value;
        if (TagList.Base64(octets[tag.ValueStart..tag.ValueEnd]) is { Length: > 0 } value) return value;
        Refuse(DkimVerdict.Neutral, $"{Encoding.ASCII.GetString(name)}= is no base64");
        return null;
    }

    // RFC 6376 §3.5: twelve digits at most.
    private long? ReadTime(ReadOnlySpan<byte> name)
    {
        if (list!.Find(octets, name) is not { } tag) return null;
        var value = octets[tag.ValueStart..tag.ValueEnd];
        if (value.Length is > 0 and <= 12 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return long.Parse(value, CultureInfo.InvariantCulture);
        Refuse(DkimVerdict.Neutral, $"{Encoding.ASCII.GetString(name)}= is no time");
        return null;
    }

    // 76 digits are allowed; no body is longer than a long can count.
    private readonly bool TryReadLength(out long? length)
    {
        length = null;
        if (list!.Find(octets, "l"u8) is not { } tag) return true;
        var value = octets[tag.ValueStart..tag.ValueEnd];
        if (value.Length is 0 or > 76 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : long.MaxValue;
        return true;
    }

    // Without c= it is simple/simple (RFC 6376 §3.5). RFC 8617 says nothing else of ARC, but its test suite and the sealers
    // that the suite was made with take relaxed/relaxed.
    private readonly bool TryReadCanonicalization(out Canonicalization header, out Canonicalization body)
    {
        header = body = kind == SignatureKind.Dkim ? Canonicalization.Simple : Canonicalization.Relaxed;
        if (list!.Text(octets, "c"u8) is not { } text) return true;
        var slash = text.IndexOf('/');
        if (slash >= 0) return TryReadForm(text[..slash], out header) && TryReadForm(text[(slash + 1)..], out body);
        body = Canonicalization.Simple;
        return TryReadForm(text, out header);
    }

    private static bool TryReadForm(string text, out Canonicalization form)
    {
        form = text.Equals("relaxed", StringComparison.OrdinalIgnoreCase) ? Canonicalization.Relaxed : Canonicalization.Simple;
        return form == Canonicalization.Relaxed || text.Equals("simple", StringComparison.OrdinalIgnoreCase);
    }

    private readonly bool MayQueryDns()
    {
        if (list!.Text(octets, "q"u8) is not { } methods) return true;
        foreach (var method in methods.Split(':'))
            if (method.Trim(' ', '\t', '\r', '\n').Equals("dns/txt", StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>selector._domainkey.domain in A-labels; null when the selector is none. Underscores are no part of the grammar and are met.</summary>
    private static string? KeyName(string selector, string domain) => DnsName.OfMail($"{selector}._domainkey.{domain}");

    private static string WithoutSpace(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var octet in value)
            if (!IsFold(octet)) text.Append((char)octet);
        return text.ToString();
    }

    private static bool IsFold(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private SignatureTags? Refuse(DkimVerdict because, string text)
    {
        verdict = because;
        problem ??= text;
        return null;
    }
}
