using System.Formats.Asn1;
using System.Text;

namespace Facteur.Net.Ldap;

/// <summary>What a search looks for.</summary>
/// <param name="Values">For the names in braces of the filter.</param>
/// <param name="IsSubtree">All below the base; else the base alone.</param>
/// <param name="SizeLimit">Most entries; 0 for as many as the server gives.</param>
public sealed record LdapSearch(string Base, LdapFilter Filter, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Attributes, bool IsSubtree = true, int SizeLimit = 0);

/// <summary>Messages of LDAP as octets (RFC 4511 §4): BER with definite lengths (§5.1).</summary>
internal static class LdapMessages
{
    public static readonly Asn1Tag BindResponse = Application(1), SearchEntry = Application(4), SearchDone = Application(5), SearchReference = Application(19),
        ExtendedResponse = Application(24), Intermediate = Application(25);

    private static readonly Asn1Tag bindRequest = Application(0), searchRequest = Application(3), extendedRequest = Application(23),
        unbindRequest = new(TagClass.Application, 2), first = new(TagClass.ContextSpecific, 0), controls = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Simple pages (RFC 2696).</summary>
    public const string PagedResults = "1.2.840.113556.1.4.319";

    private const string StartTlsName = "1.3.6.1.4.1.1466.20037";

    /// <summary>Simple bind (§4.2).</summary>
    public static byte[] Bind(int id, string dn, string password) => Message(id, writer =>
    {
        using (writer.PushSequence(bindRequest))
        {
            writer.WriteInteger(3);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
            writer.WriteOctetString(Encoding.UTF8.GetBytes(password), first);
        }
    });

    public static byte[] Unbind(int id) => Message(id, writer => writer.WriteNull(unbindRequest));

    /// <summary>§4.14.1.</summary>
    public static byte[] StartTls(int id) => Message(id, writer =>
    {
        using (writer.PushSequence(extendedRequest)) writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTlsName), first);
    });

    /// <param name="seconds">Time limit for the server.</param>
    /// <param name="page">Entries of a page and the cookie of the page before; null asks for all at once.</param>
    public static byte[] Search(int id, LdapSearch search, int seconds, (int Size, byte[] Cookie)? page) => Message(id, writer =>
    {
        using (writer.PushSequence(searchRequest))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(search.Base));
            writer.WriteEnumeratedValue(search.IsSubtree ? Scope.Subtree : Scope.Base);
            writer.WriteEnumeratedValue(Aliases.Always);
            writer.WriteInteger(search.SizeLimit);
            writer.WriteInteger(seconds);
            writer.WriteBoolean(false); // values too
            search.Filter.Encode(writer, search.Values);
            using (writer.PushSequence())
                foreach (var attribute in search.Attributes.DefaultIfEmpty("1.1")) // "1.1": none (§4.5.1.8)
                    writer.WriteOctetString(Encoding.ASCII.GetBytes(attribute));
        }
        if (page is not { } wanted) return;
        using (writer.PushSequence(controls))
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(PagedResults));
            writer.WriteBoolean(true);
            var value = new AsnWriter(AsnEncodingRules.BER);
            using (value.PushSequence())
            {
                value.WriteInteger(wanted.Size);
                value.WriteOctetString(wanted.Cookie);
            }
            writer.WriteOctetString(value.Encode());
        }
    });

    /// <summary>Takes a message apart.</summary>
    /// <exception cref="AsnContentException">It is none.</exception>
    public static LdapMessage Read(ReadOnlyMemory<byte> octets)
    {
        var message = new AsnReader(octets, AsnEncodingRules.BER).ReadSequence();
        if (!message.TryReadInt32(out var id)) throw new AsnContentException("a message id is too large");
        var tag = message.PeekTag();
        if (tag.TagClass != TagClass.Application) throw new AsnContentException("a message holds no operation");
        var operation = message.ReadEncodedValue();
        var cookie = message.HasData && message.PeekTag().HasSameClassAndValue(controls) ? Cookie(message.ReadSequence(controls)) : [];
        return new LdapMessage(id, tag, operation, cookie);
    }

    /// <summary>LDAPResult at the beginning of an answer (§4.1.9).</summary>
    public static LdapResult Result(LdapMessage message)
    {
        var reader = new AsnReader(message.Operation, AsnEncodingRules.BER).ReadSequence(message.Tag);
        var code = 0;
        foreach (var octet in reader.ReadEnumeratedBytes().Span) code = (code << 8) | octet;
        reader.ReadOctetString(); // matchedDN
        return new LdapResult((LdapResultCode)code, Printable(Encoding.UTF8.GetString(reader.ReadOctetString())));
    }

    /// <summary>SearchResultEntry (§4.5.2).</summary>
    public static LdapEntry Entry(LdapMessage message)
    {
        var reader = new AsnReader(message.Operation, AsnEncodingRules.BER).ReadSequence(message.Tag);
        var dn = Encoding.UTF8.GetString(reader.ReadOctetString());
        var attributes = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        var list = reader.ReadSequence();
        while (list.HasData)
        {
            var attribute = list.ReadSequence();
            var name = Encoding.UTF8.GetString(attribute.ReadOctetString());
            var values = attribute.ReadSetOf(skipSortOrderValidation: true);
            var texts = new List<string>();
            while (values.HasData)
                if (Text(values.ReadOctetString()) is { } text) texts.Add(text);
            attributes[name] = texts;
        }
        return new LdapEntry(dn, attributes);
    }

    private static byte[] Cookie(AsnReader list)
    {
        while (list.HasData)
        {
            var control = list.ReadSequence();
            if (Encoding.ASCII.GetString(control.ReadOctetString()) != PagedResults) continue;
            if (control.HasData && control.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean)) control.ReadBoolean();
            if (!control.HasData) return [];
            var value = new AsnReader(control.ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
            value.ReadInteger();
            return value.ReadOctetString();
        }
        return [];
    }

    private static string? Text(byte[] octets)
    {
        try
        {
            return strict.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return null; // a photograph
        }
    }

    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    /// <summary>One line, for logs.</summary>
    private static string Printable(string text) => string.Concat(text.Take(300).Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static Asn1Tag Application(int number) => new(TagClass.Application, number, isConstructed: true);

    private static byte[] Message(int id, Action<AsnWriter> operation)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            operation(writer);
        }
        return writer.Encode();
    }

    private enum Scope { Base = 0, Subtree = 2 }

    private enum Aliases { Always = 3 }
}

/// <summary>A message as it came.</summary>
/// <param name="Operation">With its tag.</param>
/// <param name="Cookie">Of the page that follows; empty without one.</param>
internal sealed record LdapMessage(int Id, Asn1Tag Tag, ReadOnlyMemory<byte> Operation, byte[] Cookie);
