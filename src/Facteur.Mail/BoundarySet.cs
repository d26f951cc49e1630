using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Text;

namespace Facteur.Mail;

/// <summary>
/// The boundaries of the multiparts that are open, and the question asked of every line that starts with two hyphens.
/// Each boundary is tried by its first eight octets, so that a hundred of them cost a line as little as one or two comparisons.
/// </summary>
internal sealed class BoundarySet
{
    // Side by side, for the loop that every candidate line runs through. Inner boundaries stand after outer ones.
    private ulong[] starts = [];
    private ulong[] masks = [];
    private readonly List<(int Level, byte[] Octets)> entries = [];

    public bool IsEmpty => entries.Count == 0;

    /// <param name="level">Where the multipart stands among the open parts; grows with each call.</param>
    /// <param name="boundary">Its octets, one character each; not empty.</param>
    public void Add(int level, string boundary)
    {
        var octets = Encoding.Latin1.GetBytes(boundary);
        // A longer one is found by its start.
        if (octets.Length > MimeParser.MaxLineStart - 8) octets = octets[..(MimeParser.MaxLineStart - 8)];
        var compared = Math.Min(octets.Length, 8);
        if (entries.Count == starts.Length)
        {
            Array.Resize(ref starts, Math.Max(8, entries.Count * 2));
            Array.Resize(ref masks, starts.Length);
            // Nothing under a mask of zeros equals this.
            starts.AsSpan(entries.Count).Fill(ulong.MaxValue);
        }
        starts[entries.Count] = Start(octets);
        masks[entries.Count] = ulong.MaxValue << 8 * (8 - compared);
        entries.Add((level, octets));
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
        byte[] found = [];
        var level = -1;
        isClose = false;
        if (!MayMatch(start)) return level;
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            if ((start & masks[i]) != starts[i]) continue;
            var octets = entries[i].Octets;
            if (octets.Length <= found.Length || !text.StartsWith(octets)) continue;
            (level, found) = entries[i];
        }
        isClose = level >= 0 && text[found.Length..].StartsWith("--"u8);
        return level;
    }

    /// <summary>Whether any boundary has these first octets, four compared at a time.</summary>
    private bool MayMatch(ulong start)
    {
        var wanted = Vector256.Create(start);
        // Places past the last boundary hold nothing or what was there before: at worst a line is looked at in vain.
        for (var i = 0; i < entries.Count; i += Vector256<ulong>.Count)
            if (Vector256.EqualsAny(wanted & Vector256.Create(masks, i), Vector256.Create(starts, i))) return true;
        return false;
    }

    private static ulong Start(ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(octets);
        var start = 0UL;
        for (var i = 0; i < octets.Length; i++) start |= (ulong)octets[i] << 56 - 8 * i;
        return start;
    }
}
