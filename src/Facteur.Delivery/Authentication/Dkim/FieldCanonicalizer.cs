using System.Buffers;
using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Header canonicalisation (RFC 6376 §3.4.1, §3.4.2) of one field into a hash. The last CRLF is the caller's.</summary>
internal static class FieldCanonicalizer
{
    private static readonly SearchValues<byte> foldOctets = SearchValues.Create(" \t\r\n"u8);

    public static void Append(HashInput output, Canonicalization canonicalization, SignedHeader header, SignedField field)
    {
        if (canonicalization == Canonicalization.Simple) output.Append(header.Octets[field.Start..field.End]);
        else Relaxed(output, header.Name(field), header.Body(field), []);
    }

    /// <summary>A signature's own field, with a hole where the value of b= is (RFC 6376 §3.7).</summary>
    /// <param name="hole">Position of the value of b= in the octets of the header, white space around it included.</param>
    public static void AppendUnsigned(HashInput output, Canonicalization canonicalization, SignedHeader header, SignedField field, (int Start, int End) hole)
    {
        var before = header.Octets[field.BodyStart..hole.Start];
        var after = header.Octets[hole.End..field.End];
        if (canonicalization == Canonicalization.Relaxed)
        {
            Relaxed(output, header.Name(field), before, after);
            return;
        }
        output.Append(header.Octets[field.Start..hole.Start]);
        output.Append(after);
    }

    /// <summary>Relaxed form of a field whose body is given in two pieces.</summary>
    public static void Relaxed(HashInput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> body, ReadOnlySpan<byte> rest)
    {
        Span<byte> lower = stackalloc byte[64];
        while (name.Length > 0)
        {
            Ascii.ToLower(name[..Math.Min(name.Length, lower.Length)], lower, out var written);
            output.Append(lower[..written]);
            name = name[written..];
        }
        output.Append(":"u8);
        var begun = false;
        var space = false;
        AppendBody(output, body, ref begun, ref space);
        AppendBody(output, rest, ref begun, ref space);
    }

    // Lines are joined, white space becomes one blank, and none at either end.
    private static void AppendBody(HashInput output, ReadOnlySpan<byte> body, ref bool begun, ref bool space)
    {
        while (body.Length > 0)
        {
            var length = body.IndexOfAny(foldOctets);
            if (length < 0) length = body.Length;
            if (length > 0)
            {
                if (space && begun) output.Append(" "u8);
                output.Append(body[..length]);
                begun = true;
                space = false;
                body = body[length..];
                continue;
            }
            // A line end inside a field is always one of a fold; a CR alone is content.
            if (body[0] == '\r' && !(body.Length > 1 && body[1] == '\n'))
            {
                if (space && begun) output.Append(" "u8);
                output.Append("\r"u8);
                begun = true;
                space = false;
            }
            else if (body[0] is (byte)' ' or (byte)'\t')
            {
                space = true;
            }
            body = body[1..];
        }
    }
}
