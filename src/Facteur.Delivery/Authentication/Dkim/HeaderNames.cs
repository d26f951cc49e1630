using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>The names of h= (RFC 6376 §3.5), as ranges of the octets they stand in.</summary>
internal sealed class HeaderNames
{
    /// <summary>No signer names that many fields; a longer list is somebody's attempt to keep us busy.</summary>
    public const int MaxCount = 1000;

    private readonly List<(int Start, int End)> names = new(16);

    private HeaderNames() { }

    public IReadOnlyList<(int Start, int End)> Ranges => names;

    /// <summary>Reads a list; null when it is none.</summary>
    /// <param name="text">The value of h=; may be folded.</param>
    /// <param name="offset">Where the text begins in the octets that <see cref="Ranges"/> count in.</param>
    /// <param name="allowEmpty">ARC: an empty list and empty names are met and name no field.</param>
    public static HeaderNames? Parse(ReadOnlySpan<byte> text, int offset, bool allowEmpty)
    {
        var result = new HeaderNames();
        foreach (var part in text.Split((byte)':'))
        {
            var (start, end) = (part.Start.Value, part.End.Value);
            while (start < end && IsFold(text[start])) start++;
            while (end > start && IsFold(text[end - 1])) end--;
            if (result.names.Count == MaxCount) return null;
            if (start == end && !allowEmpty) return null;
            if (text[start..end].ContainsAnyExceptInRange((byte)33, (byte)126)) return null;
            result.names.Add((offset + start, offset + end));
        }
        return result;
    }

    public bool Contains(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> name)
    {
        foreach (var (start, end) in names)
            if (Ascii.EqualsIgnoreCase(octets[start..end], name)) return true;
        return false;
    }

    private static bool IsFold(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
