using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>Why a card of a file was not taken; each has its sentence in both languages.</summary>
public enum VCardProblem : byte
{
    None,
    /// <summary>It is longer, or has more lines, than any card.</summary>
    TooLong,
    /// <summary>The file ends before the card does.</summary>
    NoEnd,
    /// <summary>Neither a name nor an address nor a number.</summary>
    Empty,
    /// <summary>The address book is full.</summary>
    Full,
}

/// <summary>A card of a file, as lines.</summary>
/// <param name="HasPhoto">Something was left out: photos, sounds, keys.</param>
internal sealed record VCardText(IReadOnlyList<VCardProperty> Properties, bool HasPhoto, VCardProblem Problem);

/// <summary>
/// Reads the cards of a file one after another (RFC 6350 §3.3; also versions 3.0 and 2.1, which phones still write). Bounded in memory whatever the file: a line, and a
/// card, have a limit. What is between cards, and cards within cards, is passed over.
/// </summary>
internal sealed class VCardReader(Stream stream)
{
    private const int MaxProperties = 8_000, MaxCharacters = 384 * 1024;

    private readonly VCardLines lines = new(stream);

    /// <summary>The next card; null at the end.</summary>
    public async ValueTask<VCardText?> ReadAsync(CancellationToken cancel)
    {
        while (await lines.NextAsync(cancel))
            if (Is("BEGIN")) return await ReadCardAsync(cancel);
        return null;
    }

    private async ValueTask<VCardText> ReadCardAsync(CancellationToken cancel)
    {
        var properties = new List<VCardProperty>();
        var (depth, characters, hasPhoto, problem) = (1, 0, false, VCardProblem.None);
        while (await lines.NextAsync(cancel))
        {
            if (Is("BEGIN")) depth++;
            else if (Is("END") && --depth == 0) return new VCardText(properties, hasPhoto, problem);
            if (depth > 1 || problem != VCardProblem.None || VCardProperty.Parse(lines.Current) is not { } property) continue;
            if (property.Name is "PHOTO" or "LOGO" or "SOUND" or "KEY") hasPhoto = true;
            else if (lines.IsCut || properties.Count == MaxProperties || (characters += property.Value.Length) > MaxCharacters) problem = VCardProblem.TooLong;
            else properties.Add(Decoded(property));
        }
        return new VCardText([], hasPhoto, VCardProblem.NoEnd);
    }

    private bool Is(string name) =>
        lines.Current.Length < 40 && lines.Current.AsSpan().Trim().Equals($"{name}:VCARD", StringComparison.OrdinalIgnoreCase);

    // Version 2.1; version 3.0 by some phones.
    private static VCardProperty Decoded(VCardProperty property)
    {
        if (!string.Equals(property.Parameter("ENCODING"), "QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase)) return property;
        var octets = new ArrayBufferWriter<byte>(property.Value.Length);
        var text = property.Value;
        for (var i = 0; i < text.Length;)
        {
            var end = text.IndexOf('=', i);
            if (end == i && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                octets.Write([byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)]);
                i += 3;
                continue;
            }
            end = end < 0 ? text.Length : Math.Max(end, i + 1);
            Encoding.UTF8.GetBytes(text.AsSpan(i, end - i), octets);
            i = end;
        }
        // A line break in there is one of the text, as "\n" is.
        return property with { Value = VCardLines.Decode(octets.WrittenSpan).Replace("\r\n", "\\n", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) };
    }
}
