using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Places as the commands on messages take them.</summary>
internal static class MessageRanges
{
    /// <summary>The places as ranges, ascending.</summary>
    public static List<IndexRange> Ranges(this MessageBits bits)
    {
        var ranges = new List<IndexRange>();
        foreach (var place in bits)
            if (ranges.Count > 0 && ranges[^1].Last == place - 1) ranges[^1] = ranges[^1] with { Last = place };
            else ranges.Add(new IndexRange(place, place));
        return ranges;
    }
}
