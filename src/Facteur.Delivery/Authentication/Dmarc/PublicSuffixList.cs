using System.Collections.Frozen;
using System.Globalization;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>Names under which others register theirs (RFC 7489 §3.2, appendix A.6.1): rules of publicsuffix.org, ICANN and private sections alike.</summary>
public sealed class PublicSuffixList
{
    private static readonly IdnMapping Idn = new();

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> rules, wildcards, exceptions;

    private PublicSuffixList(HashSet<string> rules, HashSet<string> wildcards, HashSet<string> exceptions)
    {
        Count = rules.Count + wildcards.Count + exceptions.Count;
        this.rules = rules.ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();
        this.wildcards = wildcards.ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();
        this.exceptions = exceptions.ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Rules read.</summary>
    public int Count { get; }

    /// <summary>Reads the list: one rule a line up to the first blank, "//" before comments. A line that is no rule is left out.</summary>
    public static PublicSuffixList Parse(TextReader text)
    {
        HashSet<string> rules = [], wildcards = [], exceptions = [];
        while (text.ReadLine() is { } line)
        {
            var rule = line.AsSpan().Trim();
            var blank = rule.IndexOfAny(' ', '\t');
            if (blank >= 0) rule = rule[..blank];
            if (rule.IsEmpty || rule.StartsWith("//")) continue;
            if (rule[0] == '!') Add(exceptions, rule[1..]);
            else if (rule.StartsWith("*.")) Add(wildcards, rule[2..]);
            else Add(rules, rule);
        }
        return new PublicSuffixList(rules, wildcards, exceptions);
    }

    /// <summary>The name one label below the longest public suffix; a public suffix is its own.</summary>
    /// <param name="domain">A-labels in lower case, no final dot.</param>
    public string OrganizationalDomain(string domain)
    {
        var suffix = SuffixStart(domain);
        if (suffix == 0) return domain;
        var dot = domain.LastIndexOf('.', suffix - 2);
        return domain[(dot + 1)..];
    }

    /// <summary>The name is a public suffix itself.</summary>
    public bool IsPublicSuffix(string domain) => SuffixStart(domain) == 0;

    // Where the longest public suffix starts. An exception is longer than the wildcard that it is an exception to.
    private int SuffixStart(string domain)
    {
        for (var start = 0; ;)
        {
            var name = domain.AsSpan(start);
            var dot = name.IndexOf('.');
            if (dot < 0) return start; // the rule "*" stands where no other does
            if (exceptions.Contains(name)) return start + dot + 1;
            if (rules.Contains(name) || wildcards.Contains(name[(dot + 1)..])) return start;
            start += dot + 1;
        }
    }

    private static void Add(HashSet<string> set, ReadOnlySpan<char> name)
    {
        try
        {
            set.Add(Idn.GetAscii(name.Trim('.').ToString()).ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            // no domain name: left out
        }
    }
}
