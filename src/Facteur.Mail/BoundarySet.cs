using System.Buffers.Binary;
using System.Text;

namespace Facteur.Mail;

/// <summary>
/// The boundaries of the multiparts that are open, and the question asked of every line that starts with two hyphens.
/// Each boundary is tried by its first eight octets, so that a hundred of them cost a line as little as one or two comparisons.
/// </summary>
internal sealed class BoundarySet
{
    private readonly List<Entry> entries = [];

    public bool IsEmpty => entries.Count == 0;

    /// <param name="level">Where the multipart stands among the open parts; grows with each call.</param>
    /// <param name="boundary">Its octets, one character each; not empty.</param>
    public void Add(int level, string boundary)
    {
        var octets = Encoding.Latin1.GetBytes(boundary);
        // A longer one is found by its start.
        if (octets.Length > MimeParser.MaxLineStart - 8) octets = octets[..(MimeParser.MaxLineStart - 8)];
        var compared = Math.Min(octets.Length, 8);
        var mask = ulong.MaxValue << 8 * (8 - compared);
        entries.Add(new Entry(level, octets, Start(octets), mask));
    }

    /// <summary>Forgets the boundaries of parts at <paramref name="level"/> and below.</summary>
    public void RemoveFrom(int level)
    {
        while (entries.Count > 0 && entries[^1].Level >= level) entries.RemoveAt(entries.Count - 1);
    }

    /// <summary>
    /// Finds the boundary that <paramref name="line"/>, which starts with two hyphens, begins with; what follows on the line does not
    /// matter (RFC 2046 §5.1.1). Of several the longest counts, since one may be the start of another; of equal ones the innermost.
    /// </summary>
    /// <param name="isClose">Two more hyphens follow: no more parts.</param>
    /// <returns>Its level; -1 when there is none.</returns>
    public int Match(ReadOnlySpan<byte> line, out bool isClose)
    {
        var text = line[2..];
        var start = Start(text);
        var found = -1;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            var entry = entries[i];
            if ((start & entry.Mask) != entry.Start) continue;
            if (found >= 0 && entry.Octets.Length <= entries[found].Octets.Length) continue;
            if (text.StartsWith(entry.Octets)) found = i;
        }
        isClose = found >= 0 && text[entries[found].Octets.Length..].StartsWith("--"u8);
        return found < 0 ? -1 : entries[found].Level;
    }

    private static ulong Start(ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(octets);
        var start = 0UL;
        for (var i = 0; i < octets.Length; i++) start |= (ulong)octets[i] << 56 - 8 * i;
        return start;
    }

    private readonly record struct Entry(int Level, byte[] Octets, ulong Start, ulong Mask);
}
