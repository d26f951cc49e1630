using System.Buffers;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>The fields that a signature covers, into its hash (RFC 6376 §3.7, §5.4.2).</summary>
internal static class HeaderHash
{
    /// <summary>What a DKIM-Signature or ARC-Message-Signature signs.</summary>
    public static byte[] OfMessage(HashInput input, SignedHeader header, SignatureTags tags)
    {
        AppendFields(input, tags.HeaderForm, header, tags.Names!, header.Octets, tags.Field);
        FieldCanonicalizer.AppendUnsigned(input, tags.HeaderForm, header, header.Fields[tags.Field], tags.Hole);
        var hash = new byte[HashInput.HashOctets];
        input.Finish(hash);
        return hash;
    }

    /// <summary>Appends the named fields, each with its CRLF. A name stands for the lowest field of that name not yet taken; for nothing when there is none.</summary>
    /// <param name="octets">What the ranges of the names count in.</param>
    /// <param name="own">The signature's own field, which h= never means; or -1.</param>
    public static void AppendFields(HashInput output, Canonicalization canonicalization, SignedHeader header, HeaderNames names, ReadOnlySpan<byte> octets, int own)
    {
        var count = header.Fields.Count;
        // Names are compared by their folded hash first: the list and the header may both be long and ill-meant.
        var hashes = ArrayPool<int>.Shared.Rent(Math.Max(count, 1));
        var open = hashes.AsSpan(0, count);
        for (var i = 0; i < count; i++) open[i] = i == own ? 0 : FoldedHash(header.Name(header.Fields[i]));
        foreach (var (start, end) in names.Ranges)
        {
            var name = octets[start..end];
            if (name.IsEmpty) continue;
            var hash = FoldedHash(name);
            var at = open.LastIndexOf(hash);
            while (at >= 0 && !header.Is(header.Fields[at], name)) at = open[..at].LastIndexOf(hash);
            if (at < 0) continue;
            open[at] = 0;
            FieldCanonicalizer.Append(output, canonicalization, header, header.Fields[at]);
            output.Append("\r\n"u8);
        }
        ArrayPool<int>.Shared.Return(hashes);
    }

    // Never 0, which marks what is taken.
    private static int FoldedHash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var octet in name) hash = (hash ^ (octet | 0x20u)) * 16777619u;
        return (int)(hash | 1);
    }
}
