using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>A text to look for, folded as the stored text is; equal when it folds to the same.</summary>
public sealed class FoldedNeedle : IEquatable<FoldedNeedle>
{
    private readonly byte[] octets;

    private FoldedNeedle(string written)
    {
        Written = written;
        Text = FoldedText.Fold(written);
        octets = Encoding.UTF8.GetBytes(Text);
    }

    public static readonly FoldedNeedle Empty = new("");

    /// <summary>As a person wrote it.</summary>
    public string Written { get; }

    /// <summary>Folded.</summary>
    public string Text { get; }

    /// <summary>Folded, in UTF-8.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    public bool IsEmpty => octets.Length == 0;

    public static FoldedNeedle Of(string text) => new(text);

    /// <summary>Folded octets hold it; every text holds the empty one (RFC 9051 §6.4.4).</summary>
    public bool IsIn(ReadOnlySpan<byte> folded) => folded.IndexOf(octets) >= 0;

    /// <summary>A text as written holds it.</summary>
    public bool IsIn(string text) => FoldedText.Fold(text).Contains(Text, StringComparison.Ordinal);

    public bool Equals(FoldedNeedle? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as FoldedNeedle);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
