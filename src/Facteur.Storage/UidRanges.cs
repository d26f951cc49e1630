namespace Facteur.Storage;

/// <summary>Lists of UID ranges.</summary>
public static class UidRanges
{
    /// <summary>The same UIDs, ascending and without overlap.</summary>
    public static IReadOnlyList<UidRange> Normalize(IReadOnlyList<UidRange> ranges)
    {
        var ordered = true;
        for (var i = 0; i < ranges.Count && ordered; i++)
            ordered = ranges[i].First <= ranges[i].Last && (i == 0 || ranges[i - 1].Last < ranges[i].First);
        if (ordered) return ranges;
        var result = new List<UidRange>(ranges.Count);
        foreach (var range in ranges.Where(range => range.First <= range.Last).OrderBy(range => range.First))
        {
            if (result.Count > 0 && range.First <= result[^1].Last) result[^1] = new UidRange(result[^1].First, Math.Max(result[^1].Last, range.Last));
            else result.Add(range);
        }
        return result;
    }

    /// <summary>Adds UIDs given ascending as ranges.</summary>
    public static void Append(List<UidRange> ranges, uint first, uint last)
    {
        if (ranges.Count > 0 && ranges[^1].Last + 1 == first) ranges[^1] = ranges[^1] with { Last = last };
        else ranges.Add(new UidRange(first, last));
    }
}
