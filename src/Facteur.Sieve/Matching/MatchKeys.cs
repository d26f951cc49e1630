using System.Text.RegularExpressions;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Matching;

/// <summary>The keys of a test, those without variables made ready when the script is compiled.</summary>
internal sealed class MatchKeys
{
    private readonly IReadOnlyList<SieveString> strings;
    private readonly MatchKey?[] ready;
    private readonly bool isConstant;

    /// <summary>What it costs to make a regular expression ready: one to three milliseconds.</summary>
    public const long RegexWork = 200_000;

    /// <summary>The keys of a test of a script: regular expressions count.</summary>
    /// <exception cref="SieveSyntaxException">A key cannot be what the match type takes, or there are too many regular expressions.</exception>
    public MatchKeys(IReadOnlyList<SieveString> strings, MatchSpec spec, SieveArguments arguments) : this(Counted(strings, spec, arguments), spec, arguments.Limits)
    {
    }

    /// <exception cref="SieveSyntaxException">A key cannot be what the match type takes.</exception>
    public MatchKeys(IReadOnlyList<SieveString> strings, MatchSpec spec, SieveLimits limits)
    {
        this.strings = strings;
        ready = new MatchKey?[strings.Count];
        for (var i = 0; i < ready.Length; i++)
        {
            if (!strings[i].IsConstant) continue;
            try
            {
                ready[i] = new MatchKey(strings[i].Source, spec, limits);
            }
            catch (RegexFormatException e)
            {
                throw new SieveSyntaxException(strings[i].At, e.Sentence);
            }
        }
        isConstant = Array.TrueForAll(ready, key => key is not null);
    }

    public MatchKey[] For(SieveRun run, MatchSpec spec)
    {
        run.Work.Spend(strings.Count / 4);
        if (isConstant) return ready!;
        var keys = new MatchKey[strings.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = ready[i] ?? Make(strings[i].Expand(run), run, spec);
        return keys;
    }

    private static IReadOnlyList<SieveString> Counted(IReadOnlyList<SieveString> strings, MatchSpec spec, SieveArguments arguments)
    {
        if (spec.Kind == MatchKind.Regex) arguments.CountRegexes(strings.Count);
        return strings;
    }

    private static MatchKey Make(string text, SieveRun run, MatchSpec spec)
    {
        try
        {
            run.Work.Spend(spec.Kind == MatchKind.Regex ? RegexWork : text.Length / 16);
            return new MatchKey(text, spec, run.Limits);
        }
        catch (RegexFormatException e)
        {
            throw new SieveRuntimeException(e.Sentence);
        }
    }
}

/// <summary>One key as its match type needs it.</summary>
internal sealed class MatchKey
{
    /// <exception cref="RegexFormatException">The key is no regular expression.</exception>
    public MatchKey(string text, MatchSpec spec, SieveLimits limits)
    {
        Text = text;
        switch (spec.Kind)
        {
            case MatchKind.Matches:
                Glob = new GlobPattern(text, spec.Comparator);
                break;
            case MatchKind.Regex:
                Regex = PosixRegex.Build(text, spec.Comparator.IgnoresCase, limits);
                break;
            case MatchKind.Contains or MatchKind.Is:
                Folded = spec.Comparator.Fold(text).Text;
                break;
        }
    }

    public string Text { get; }

    public string Folded { get; } = "";

    public GlobPattern? Glob { get; }

    public Regex? Regex { get; }
}
