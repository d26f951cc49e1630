using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Delivery.Authentication.Arc;

/// <summary>What an ARC-Seal signs: the sets up to its own, relaxed (RFC 8617 §5.1.1).</summary>
internal static class SealHash
{
    /// <summary>The hash under the seal of the last of these sets.</summary>
    public static byte[] OfChain(HashInput input, SignedHeader header, ReadOnlySpan<ArcSet> sets)
    {
        AppendSets(input, header, sets[..^1]);
        var last = sets[^1];
        AppendField(input, header, last.Results);
        AppendField(input, header, last.MessageField);
        FieldCanonicalizer.AppendUnsigned(input, Canonicalization.Relaxed, header, header.Fields[last.SealField], last.Seal!.Tags!.Hole);
        var hash = new byte[HashInput.HashOctets];
        input.Finish(hash);
        return hash;
    }

    /// <summary>Whole sets, first to last.</summary>
    public static void AppendSets(HashInput input, SignedHeader header, ReadOnlySpan<ArcSet> sets)
    {
        foreach (var set in sets)
        {
            AppendField(input, header, set.Results);
            AppendField(input, header, set.MessageField);
            AppendField(input, header, set.SealField);
        }
    }

    private static void AppendField(HashInput input, SignedHeader header, int index)
    {
        FieldCanonicalizer.Append(input, Canonicalization.Relaxed, header, header.Fields[index]);
        input.Append("\r\n"u8);
    }
}
