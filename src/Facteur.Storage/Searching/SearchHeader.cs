using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>The header of one message as HEADER and TEXT look at it: encoded words decoded, then folded like the needle (RFC 9051 §6.4.4).</summary>
/// <param name="octets">The header block, or as much of it as is looked at.</param>
public sealed class SearchHeader(ReadOnlyMemory<byte> octets)
{
    /// <summary>A field of this name holds <paramref name="needle"/>.</summary>
    public bool Contains(ReadOnlySpan<byte> name, ReadOnlySpan<byte> needle)
    {
        foreach (var field in new HeaderFields(octets.Span))
            if (field.Is(name) && (needle.IsEmpty || Holds(field.Value, needle))) return true;
        return false;
    }

    /// <summary>Any field holds <paramref name="needle"/>, in its name or its text.</summary>
    public bool Contains(ReadOnlySpan<byte> needle)
    {
        foreach (var field in new HeaderFields(octets.Span))
            if (Holds(field.Raw, needle)) return true;
        return false;
    }

    private static bool Holds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> needle) =>
        Encoding.UTF8.GetBytes(FoldedText.Fold(EncodedWords.Decode(text))).AsSpan().IndexOf(needle) >= 0;
}
