namespace Facteur.Storage.Searching;

/// <summary>Finds what somebody may have meant to type.</summary>
internal static class SearchWordDistance
{
    /// <summary>The nearest of some names, as it is written: two slips at most, one in a short word. Null when none is near.</summary>
    /// <param name="typed">As names are compared.</param>
    public static string? Nearest(string typed, IEnumerable<string> names)
    {
        if (typed.Length is < 2 or > SearchOperators.MaxName) return null;
        string? nearest = null;
        var least = typed.Length <= 4 ? 2 : 3;
        foreach (var name in names)
            if (Distance(typed, SearchOperators.Normal(name)) is var distance && distance < least) (nearest, least) = (name, distance);
        return nearest;
    }

    // Levenshtein's, with two neighbours that changed places as one slip.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2) return int.MaxValue;
        Span<int> before = stackalloc int[SearchOperators.MaxName * 2 + 1];
        Span<int> last = stackalloc int[before.Length];
        Span<int> row = stackalloc int[before.Length];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            last.CopyTo(before);
            row.CopyTo(last);
        }
        return last[b.Length];
    }
}
