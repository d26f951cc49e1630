using System.Globalization;

namespace Facteur.Sieve;

/// <summary>A place in a script, both counted from 1; columns count characters.</summary>
public readonly record struct SievePosition(int Line, int Column)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}

/// <summary>What is wrong with a script, or went wrong while it ran, and where.</summary>
/// <param name="At">Where in the script.</param>
/// <param name="Sentence">One sentence for the person who wrote it.</param>
/// <param name="Script">Name of the included script it stands in; null for the script itself (RFC 6609).</param>
public sealed record SieveError(SievePosition At, SieveSentence Sentence, string? Script = null)
{
    /// <summary>The sentence in English, for programs.</summary>
    public string Message => Sentence.ToString();

    public override string ToString() => Script is null ? $"{At}: {Message}" : $"{Script}:{At}: {Message}";
}
