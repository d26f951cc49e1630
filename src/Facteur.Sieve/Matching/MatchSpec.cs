using System.Globalization;
using System.Text.RegularExpressions;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Matching;

/// <summary>MATCH-TYPE of RFC 5228 §2.7.1, with those of RFC 5231, RFC 6134 and the draft of "regex".</summary>
internal enum MatchKind : byte { Is, Contains, Matches, Value, Count, Regex, List }

/// <summary>How a test holds values against its keys: match type, comparator, relation.</summary>
/// <param name="Relation">"gt" and its kin, for :value and :count.</param>
internal sealed record MatchSpec(MatchKind Kind, Comparator Comparator, string Relation)
{
    private static readonly string[] relations = ["gt", "ge", "lt", "le", "eq", "ne"];

    /// <summary>The test asks how many there are instead of what they are.</summary>
    public bool IsCount => Kind == MatchKind.Count;

    /// <param name="mayList">The test supports :list (RFC 6134 §2.2).</param>
    public static MatchSpec Parse(SieveArguments arguments, bool mayList = true)
    {
        var comparator = Named(arguments);
        var type = arguments.OneOf(mayList ? ["is", "contains", "matches", "value", "count", "regex", "list"] : ["is", "contains", "matches", "value", "count", "regex"]);
        var kind = type switch
        {
            "contains" => MatchKind.Contains,
            "matches" => MatchKind.Matches,
            "value" => MatchKind.Value,
            "count" => MatchKind.Count,
            "regex" => MatchKind.Regex,
            "list" => MatchKind.List,
            _ => MatchKind.Is,
        };
        var relation = kind is MatchKind.Value or MatchKind.Count ? ReadRelation(arguments, type!) : "";
        if (kind == MatchKind.Regex) arguments.Flag("regex", Extensions.Regex);
        if (kind == MatchKind.List) arguments.Flag("list", Extensions.ExtLists);
        if (kind == MatchKind.List && comparator is not null) throw arguments.Error(ScriptText.ExcludeEachOther.With("list", "comparator"));
        comparator ??= Comparator.AsciiCasemap;
        // RFC 5228 §2.7.3.
        if (kind is MatchKind.Contains or MatchKind.Matches or MatchKind.Regex && !comparator.HasSubstring)
            throw arguments.Error(ScriptText.ComparatorUnfit.With(comparator.Name, type!));
        return new MatchSpec(kind, comparator, relation);
    }

    /// <summary>True when any value matches any key, looked at in their order (RFC 5229 §3.2).</summary>
    /// <param name="remembers">A match fills the match variables; those of "body" do not (RFC 5173 §6).</param>
    public async ValueTask<bool> AnyAsync(SieveRun run, IReadOnlyList<string> values, MatchKeys keys, CancellationToken cancel, bool remembers = true)
    {
        if (values.Count == 0) return false;
        var ready = keys.For(run, this);
        foreach (var value in values)
            if (Kind == MatchKind.List ? await IsListedAsync(run, value, ready, cancel) : IsMatch(run, value, ready, remembers)) return true;
        return false;
    }

    /// <summary>Holds a number of things against the keys (RFC 5231 §4.2).</summary>
    public bool Counts(SieveRun run, long count, MatchKeys keys)
    {
        var number = count.ToString(CultureInfo.InvariantCulture);
        return keys.For(run, this).Any(key => Holds(number, key.Text));
    }

    private bool IsMatch(SieveRun run, string value, MatchKey[] keys, bool remembers)
    {
        run.Work.Spend(1 + value.Length / 32);
        var folded = Kind is MatchKind.Is or MatchKind.Contains or MatchKind.Matches ? run.Folded(value, Comparator) : default;
        foreach (var key in keys)
        {
            run.Work.Spend(1);
            switch (Kind)
            {
                case MatchKind.Is when ReferenceEquals(Comparator, Comparator.AsciiNumeric) ? Comparator.AreEqual(value, key.Text) : folded.Text == key.Folded:
                case MatchKind.Value when Holds(value, key.Text):
                case MatchKind.Contains when Contains(run, folded.Text, key.Folded):
                    return true;
                case MatchKind.Matches when key.Glob!.Match(value, folded, run.Work) is { } captured:
                    if (remembers) run.Frame.Remember(captured);
                    return true;
                case MatchKind.Regex when Search(run, value, key.Regex!) is { Success: true } match:
                    if (remembers) run.Frame.Remember([.. match.Groups.Values.Select(group => group.Value)]);
                    return true;
            }
        }
        return false;
    }

    private static bool Contains(SieveRun run, string text, string key)
    {
        run.Work.Spend((long)text.Length * key.Length / 512);
        return text.Contains(key, StringComparison.Ordinal);
    }

    private static Match Search(SieveRun run, string text, Regex regex)
    {
        run.Work.Spend(20 + (long)text.Length * 2);
        try
        {
            return regex.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SieveRuntimeException(ScriptText.RegexTooSlow);
        }
    }

    private bool Holds(string left, string right)
    {
        var order = Comparator.Compare(left, right);
        return Relation switch
        {
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            "le" => order <= 0,
            "eq" => order == 0,
            _ => order != 0,
        };
    }

    private static async ValueTask<bool> IsListedAsync(SieveRun run, string value, MatchKey[] lists, CancellationToken cancel)
    {
        foreach (var key in lists)
        {
            run.Work.Spend(1_000);
            var list = await ExternalList.RequireAsync(run, key.Text, cancel);
            if (await run.Host.FindInListAsync(list, Syntax.OctetText.ToText(value), cancel) is not { } member) continue;
            run.Frame.Remember([member]);
            return true;
        }
        return false;
    }

    private static Comparator? Named(SieveArguments arguments)
    {
        if (arguments.TaggedString("comparator") is not { } name) return null;
        var comparator = Comparator.Find(name.Source);
        if (comparator is null || !name.IsConstant) throw new Syntax.SieveSyntaxException(name.At, ScriptText.NoSuchComparator.With(Syntax.OctetText.ToText(name.Source)));
        // RFC 5228 §2.7.3: these two are always there.
        if (comparator != Comparator.Octet && comparator != Comparator.AsciiCasemap)
            arguments.Need(Extensions.ComparatorPrefix + comparator.Name, name.At, ScriptText.Comparator.With(comparator.Name));
        return comparator;
    }

    private static string ReadRelation(SieveArguments arguments, string tag)
    {
        var relation = arguments.TaggedString(tag, Extensions.Relational)!;
        if (!relation.IsConstant || !relations.Contains(relation.Source, StringComparer.OrdinalIgnoreCase))
            throw new Syntax.SieveSyntaxException(relation.At, ScriptText.TakesARelation.With(tag));
        return relation.Source.ToLowerInvariant();
    }
}
