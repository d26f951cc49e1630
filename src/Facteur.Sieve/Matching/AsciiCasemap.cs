namespace Facteur.Sieve.Matching;

/// <summary>i;ascii-casemap: a to z are A to Z; the one used when none is named.</summary>
// RFC 4790 §9.2.
internal sealed class AsciiCasemap : Comparator
{
    public override string Name => "i;ascii-casemap";

    public override bool IgnoresCase => true;

    public override FoldedText Fold(string text) => new(Upper(text), null);

    public override bool AreEqual(string left, string right) => left.Length == right.Length && Fold(left).Text == Fold(right).Text;

    private static string Upper(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('a', 'z')) return text;
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = source[i] is >= 'a' and <= 'z' ? (char)(source[i] - 0x20) : source[i];
        });
    }
}
