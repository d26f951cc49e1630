namespace Facteur.Sieve.Matching;

/// <summary>i;ascii-numeric: the digits at the start as a number of any size; without any, more than all numbers.</summary>
// RFC 4790 §9.1.
internal sealed class AsciiNumeric : Comparator
{
    public override string Name => "i;ascii-numeric";

    public override bool HasSubstring => false;

    public override FoldedText Fold(string text) => new(text, null);

    public override bool AreEqual(string left, string right) => Compare(left, right) == 0;

    public override int Compare(string left, string right)
    {
        var a = Digits(left, out var aIsNumber);
        var b = Digits(right, out var bIsNumber);
        if (!aIsNumber || !bIsNumber) return (aIsNumber ? 0 : 1) - (bIsNumber ? 0 : 1);
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
    }

    private static ReadOnlySpan<char> Digits(string text, out bool isNumber)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
        isNumber = !digits.IsEmpty;
        return digits.TrimStart('0');
    }
}
