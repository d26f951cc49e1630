namespace Facteur.Server.Configuration;

/// <summary>Finds the name that was meant.</summary>
internal static class Spelling
{
    /// <summary>The nearest of the names, when it is at most two letters (one, in a short name) away.</summary>
    public static string? Nearest(string word, IEnumerable<string> names)
    {
        var nearest = names.Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name))).MinBy(n => n.Distance);
        return nearest.Name is not null && nearest.Distance <= (nearest.Name.Length <= 3 ? 1 : 2) ? nearest.Name : null;
    }

    /// <summary>Letters to insert, remove or replace (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
