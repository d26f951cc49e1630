using System.Buffers;

namespace Facteur.Storage.Annotations;

/// <summary>What the name of an annotation can be (RFC 5464 §3.2), in lower case.</summary>
public static class AnnotationName
{
    // Neither wildcards, nor controls, nor what is not ASCII, nor capitals: names are compared without.
    private static readonly SearchValues<char> allowed = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('*' or '%') && !char.IsAsciiLetterUpper(c))]);

    /// <summary>Levels that are not empty, the first of them a scope, at least two; below "vendor", the vendor's and one of its own.</summary>
    /// <param name="isPrefix">What is below is asked for too: the name may be short of an entry's.</param>
    public static bool IsName(string name, bool isPrefix = false)
    {
        if (name.Length is < 2 or > AnnotationStore.MaxNameOctets || name[0] != '/' || name.AsSpan().ContainsAnyExcept(allowed)) return false;
        var levels = name[1..].Split('/');
        if (levels[0] is not ("private" or "shared") || Array.Exists(levels, static level => level.Length == 0)) return false;
        return isPrefix || levels.Length >= (levels.Length > 1 && levels[1] == "vendor" ? 4 : 2);
    }

    public static bool IsPrivate(string name) => name.StartsWith("/private/", StringComparison.Ordinal);
}
