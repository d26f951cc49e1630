using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>The tags that DKIM-Signature and ARC-Message-Signature end with: h=, bh= and b= (RFC 6376 §3.5, §3.7).</summary>
internal static class SignatureWriter
{
    /// <summary>Appends the names, the hash of the body, and the signature over the named fields and this one.</summary>
    public static void Sign(FieldBuilder field, DkimSigningKey key, HashInput input, SignedHeader header, List<string> names, ReadOnlySpan<byte> bodyHash)
    {
        field.Line("h=");
        for (var i = 0; i < names.Count; i++) field.Piece(i + 1 < names.Count ? names[i] + ":" : names[i]);
        field.Append(";");
        field.Line($"bh={Convert.ToBase64String(bodyHash)};");

        var list = Encoding.ASCII.GetBytes(string.Join(':', names));
        HeaderHash.AppendFields(input, Canonicalization.Relaxed, header, HeaderNames.Parse(list, 0, allowEmpty: true)!, list, own: -1);
        Finish(field, key, input);
    }

    /// <summary>Appends b=: the signature over what is in the input and this field.</summary>
    public static void Finish(FieldBuilder field, DkimSigningKey key, HashInput input)
    {
        field.Line("b=");
        FieldCanonicalizer.Relaxed(input, Encoding.ASCII.GetBytes(field.Name), field.Body, []);
        Span<byte> hash = stackalloc byte[HashInput.HashOctets];
        input.Finish(hash);
        field.Chunks(Convert.ToBase64String(key.Sign(hash)));
    }
}
