using System.Buffers;
using System.Formats.Asn1;
using System.Text;

namespace Facteur.Net.Ldap;

/// <summary>
/// A search filter as an operator writes it (RFC 4515), with names in braces where values come in: "(&amp;(objectClass=person)(mail={user}))".
/// It is taken apart before there are values, which are put in as octets of an assertion: whatever a user types is never read as a filter.
/// </summary>
public abstract record LdapFilter
{
    /// <summary>A part of a value: octets, or the name of what comes in.</summary>
    internal readonly record struct Part(byte[]? Octets, string? Name);

    private protected static readonly Asn1Tag AndTag = Tag(0), OrTag = Tag(1), NotTag = Tag(2), EqualityTag = Tag(3), SubstringsTag = Tag(4),
        GreaterTag = Tag(5), LessTag = Tag(6), ApproxTag = Tag(8), ExtensibleTag = Tag(9), PresentTag = new(TagClass.ContextSpecific, 7);

    /// <summary>Reads a filter.</summary>
    /// <param name="names">What may stand in braces.</param>
    /// <exception cref="FormatException">It is none; the message says what is wrong, in one sentence.</exception>
    public static LdapFilter Parse(string text, params IReadOnlyList<string> names) => new LdapFilterParser(text, names).Parse();

    /// <summary>Writes it with values put in (RFC 4511 §4.5.1).</summary>
    internal abstract void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values);

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);

    private protected static byte[] Value(IReadOnlyList<Part> parts, IReadOnlyDictionary<string, string> values)
    {
        var octets = new ArrayBufferWriter<byte>();
        foreach (var part in parts) octets.Write(part.Octets ?? Encoding.UTF8.GetBytes(values[part.Name!]));
        return octets.WrittenSpan.ToArray();
    }

    internal sealed record Several(bool IsAnd, IReadOnlyList<LdapFilter> Filters) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values)
        {
            using (writer.PushSetOf(IsAnd ? AndTag : OrTag))
                foreach (var filter in Filters) filter.Encode(writer, values);
        }
    }

    internal sealed record Not(LdapFilter Filter) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values)
        {
            using (writer.PushSequence(NotTag)) Filter.Encode(writer, values);
        }
    }

    internal sealed record Present(string Attribute) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values) => writer.WriteOctetString(Encoding.ASCII.GetBytes(Attribute), PresentTag);
    }

    /// <param name="Operator">'=', '~', '&gt;' or '&lt;'.</param>
    internal sealed record Comparison(string Attribute, char Operator, IReadOnlyList<Part> Parts) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values)
        {
            using (writer.PushSequence(Operator switch { '~' => ApproxTag, '>' => GreaterTag, '<' => LessTag, _ => EqualityTag }))
            {
                writer.WriteOctetString(Encoding.ASCII.GetBytes(Attribute));
                writer.WriteOctetString(Value(Parts, values));
            }
        }
    }

    /// <param name="Pieces">What stands between the asterisks; the first and the last are empty where the value begins or ends with one.</param>
    internal sealed record Substrings(string Attribute, IReadOnlyList<IReadOnlyList<Part>> Pieces) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values)
        {
            using (writer.PushSequence(SubstringsTag))
            {
                writer.WriteOctetString(Encoding.ASCII.GetBytes(Attribute));
                using (writer.PushSequence())
                    for (var i = 0; i < Pieces.Count; i++)
                        if (Pieces[i].Count > 0) // initial [0], any [1], final [2]
                            writer.WriteOctetString(Value(Pieces[i], values), new Asn1Tag(TagClass.ContextSpecific, i == 0 ? 0 : i == Pieces.Count - 1 ? 2 : 1));
            }
        }
    }

    internal sealed record Extensible(string? Rule, string? Attribute, bool OnDn, IReadOnlyList<Part> Parts) : LdapFilter
    {
        internal override void Encode(AsnWriter writer, IReadOnlyDictionary<string, string> values)
        {
            using (writer.PushSequence(ExtensibleTag))
            {
                if (Rule is not null) writer.WriteOctetString(Encoding.ASCII.GetBytes(Rule), new Asn1Tag(TagClass.ContextSpecific, 1));
                if (Attribute is not null) writer.WriteOctetString(Encoding.ASCII.GetBytes(Attribute), new Asn1Tag(TagClass.ContextSpecific, 2));
                writer.WriteOctetString(Value(Parts, values), new Asn1Tag(TagClass.ContextSpecific, 3));
                if (OnDn) writer.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, 4));
            }
        }
    }
}
