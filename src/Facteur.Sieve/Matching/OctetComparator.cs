using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Matching;

/// <summary>i;octet: nothing is the same but itself.</summary>
// RFC 4790 §9.3.
internal sealed class OctetComparator : Comparator
{
    public override string Name => "i;octet";

    public override FoldedText Fold(string text) => new(text, null);

    /// <summary>The order of the octets in UTF-8; UTF-16 has another beyond U+FFFF.</summary>
    public static int CompareOctets(string left, string right)
    {
        var hasOther = left.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || right.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
        return hasOther ? OctetText.ToOctets(left).AsSpan().SequenceCompareTo(OctetText.ToOctets(right)) : string.CompareOrdinal(left, right);
    }
}
