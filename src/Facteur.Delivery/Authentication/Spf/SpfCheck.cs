using System.Globalization;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>What a record said.</summary>
/// <param name="Mechanism">The directive that matched, or "default" (RFC 7208 §4.7).</param>
/// <param name="Domain">Whose record decided: not the first one after a redirect.</param>
/// <param name="Explanation">The exp= of that record.</param>
internal sealed record SpfFinding(SpfVerdict Verdict, string Mechanism, string Domain, SpfMacroString? Explanation);

/// <summary>One evaluation of check_host() with all that it includes (RFC 7208 §4): the limits of §4.6.4 count over the whole.</summary>
internal sealed class SpfCheck(DnsResolver dns, SpfOptions options, SpfSubject subject)
{
    // MX or PTR names whose addresses are asked for (RFC 7208 §4.6.4).
    private const int MaxHosts = 10;

    // An explanation goes into a reply line, which holds 512 octets (RFC 5321 §4.5.3.1.5).
    private const int MaxExplanation = 400;

    private int terms, voids;
    private List<string>? validated;

    /// <summary>check_host(); null is "none". Redirects are followed in place, includes by recursion, no deeper than the limit of terms.</summary>
    public async ValueTask<SpfFinding?> CheckHostAsync(string domain, CancellationToken cancel)
    {
        var record = await RecordAsync(domain, cancel);
        while (record is not null)
        {
            foreach (var directive in record.Directives)
                if (await MatchesAsync(directive, domain, cancel))
                    return new SpfFinding(directive.Verdict, directive.Text, domain, record.Explanation);
            if (record.Redirect is null) return new SpfFinding(SpfVerdict.Neutral, "default", domain, null);
            CountTerm();
            var target = await TargetAsync(record.Redirect, domain, cancel) ?? throw SpfErrorException.Permanent("redirect= of " + domain + " leads to no name");
            // RFC 7208 §6.1: none becomes permerror.
            record = await RecordAsync(target, cancel) ?? throw SpfErrorException.Permanent("redirect= leads to " + DnsName.Printable(target) + ", which has no SPF record");
            domain = target;
        }
        return null;
    }

    /// <summary>The owner's text for a fail; null when anything is wrong with it (RFC 7208 §6.2).</summary>
    public async ValueTask<string?> ExplainAsync(SpfMacroString explanation, string domain, CancellationToken cancel)
    {
        try
        {
            if (await TargetAsync(explanation, domain, cancel) is not { } target) return null;
            var answer = await dns.QueryAsync(target, DnsType.Txt, cancel);
            if (answer is not { Status: DnsStatus.Success, Records: [TxtRecordData record] }) return null;
            if (SpfMacroString.Parse(record.Text, SpfMacroPlace.Explanation) is not { } macro) return null;
            var text = subject.Expand(macro, domain, macro.Uses('p') ? await ValidatedNameAsync(domain, cancel) : "");
            if (text is null || text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null;
            return text.Length > MaxExplanation ? text[..MaxExplanation] : text;
        }
        catch (SpfErrorException)
        {
            return null; // %{p} past the limit of terms
        }
    }

    // RFC 7208 §4.4, §4.5
    private async ValueTask<SpfRecord?> RecordAsync(string domain, CancellationToken cancel)
    {
        var answer = await AskAsync(domain, DnsType.Txt, cancel);
        string? found = null;
        foreach (var data in answer.Records)
        {
            if (data is not TxtRecordData text || !SpfRecordParser.IsRecord(text.Text)) continue;
            if (found is not null) throw SpfErrorException.Permanent(domain + " has several SPF records");
            found = text.Text;
        }
        return found is null ? null : SpfRecordParser.Parse(found);
    }

    private ValueTask<bool> MatchesAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        // RFC 8616 §4: such a term matches nothing.
        if (directive.Target is { UsesLocalPart: true } && !System.Text.Ascii.IsValid(subject.LocalPart)) return ValueTask.FromResult(false);
        switch (directive.Mechanism)
        {
            case SpfMechanism.All: return ValueTask.FromResult(true);
            case SpfMechanism.Ip4 or SpfMechanism.Ip6: return ValueTask.FromResult(directive.Covers(directive.Network, subject.ClientOctets));
        }
        CountTerm();
        return directive.Mechanism switch
        {
            SpfMechanism.Include => IncludeAsync(directive, domain, cancel),
            SpfMechanism.A => AddressAsync(directive, domain, cancel),
            SpfMechanism.Mx => MxAsync(directive, domain, cancel),
            SpfMechanism.Ptr => PtrAsync(directive, domain, cancel),
            _ => ExistsAsync(directive, domain, cancel),
        };
    }

    // RFC 7208 §5.2
    private async ValueTask<bool> IncludeAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        var finding = await TargetAsync(directive.Target, domain, cancel) is { } target ? await CheckHostAsync(target, cancel) : null;
        if (finding is null) throw SpfErrorException.Permanent("\"" + DnsName.Printable(directive.Text) + "\" leads to no SPF record");
        return finding.Verdict == SpfVerdict.Pass;
    }

    // RFC 7208 §5.3
    private async ValueTask<bool> AddressAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        if (await TargetAsync(directive.Target, domain, cancel) is not { } target) return false;
        var answer = await AskAsync(target, AddressType, cancel);
        CountVoid(answer);
        return Covers(directive, answer);
    }

    // RFC 7208 §5.4. A null MX names no host.
    private async ValueTask<bool> MxAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        if (await TargetAsync(directive.Target, domain, cancel) is not { } target) return false;
        var answer = await AskAsync(target, DnsType.Mx, cancel);
        CountVoid(answer);
        // Decided before any is asked for, so that the order of the reply does not make the result.
        if (answer.Records.Count > MaxHosts) throw SpfErrorException.Permanent(DnsName.Printable(target) + " has more than 10 MX records");
        foreach (var data in answer.Records)
            // Not counted when void: the limit is on terms (RFC 7208 §4.6.4), and hosts without IPv6 are no fault.
            if (data is MxRecordData { Exchange: { Length: > 0 } host } && DnsName.HasGoodLabels(host) && Covers(directive, await AskAsync(host, AddressType, cancel)))
                return true;
        return false;
    }

    // RFC 7208 §5.5
    private async ValueTask<bool> PtrAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        if (await TargetAsync(directive.Target, domain, cancel) is not { } target) return false;
        foreach (var name in await ValidatedNamesAsync(cancel))
            if (DnsName.IsWithin(name, target)) return true;
        return false;
    }

    // RFC 7208 §5.7: an A record, whatever the client's address.
    private async ValueTask<bool> ExistsAsync(SpfDirective directive, string domain, CancellationToken cancel)
    {
        if (await TargetAsync(directive.Target, domain, cancel) is not { } target) return false;
        var answer = await AskAsync(target, DnsType.A, cancel);
        CountVoid(answer);
        return answer.Records.Count > 0;
    }

    private async ValueTask<string?> TargetAsync(SpfMacroString? macro, string domain, CancellationToken cancel)
    {
        if (macro is null) return domain;
        return subject.ExpandName(macro, domain, macro.Uses('p') ? await ValidatedNameAsync(domain, cancel) : "");
    }

    // Macro "p": the domain itself, else a name below it, else any (RFC 7208 §7.3).
    private async ValueTask<string> ValidatedNameAsync(string domain, CancellationToken cancel)
    {
        if (validated is null) CountTerm(); // RFC 7208 §4.6.4 counts it like "ptr"
        var names = await ValidatedNamesAsync(cancel);
        return names.Find(name => name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            ?? names.Find(name => DnsName.IsWithin(name, domain))
            ?? (names.Count > 0 ? names[0] : "unknown");
    }

    // Names of the client that lead back to it (RFC 7208 §5.5). Errors only shorten the list: the zone is not the sender's.
    private async ValueTask<List<string>> ValidatedNamesAsync(CancellationToken cancel)
    {
        if (validated is not null) return validated;
        var names = new List<string>();
        var answer = await dns.QueryAsync(DnsResolver.ReverseName(subject.Client), DnsType.Ptr, cancel);
        foreach (var data in answer.Records.Take(MaxHosts))
        {
            if (data is not NameRecordData { Name: var name } || !DnsName.HasGoodLabels(name)) continue;
            var addresses = await dns.QueryAsync(name, AddressType, cancel);
            if (addresses.Records.Any(record => record is AddressRecordData found && found.Address.Equals(subject.Client))) names.Add(name);
        }
        return validated = names;
    }

    private DnsType AddressType => subject.IsIpv4 ? DnsType.A : DnsType.Aaaa;

    private bool Covers(SpfDirective directive, DnsAnswer answer)
    {
        foreach (var data in answer.Records)
            if (data is AddressRecordData found && directive.Covers(found.Address, subject.ClientOctets)) return true;
        return false;
    }

    private async ValueTask<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken cancel)
    {
        var answer = await dns.QueryAsync(name, type, cancel);
        if (answer.IsTemporaryFailure)
            throw SpfErrorException.Temporary(string.Create(CultureInfo.InvariantCulture, $"no answer for {DnsName.Printable(name)} {type} ({answer.Status})"));
        return answer;
    }

    private void CountTerm()
    {
        if (++terms > options.MaxTerms)
            throw SpfErrorException.Permanent(string.Create(CultureInfo.InvariantCulture, $"more than {options.MaxTerms} terms that ask the DNS"));
    }

    private void CountVoid(DnsAnswer answer)
    {
        if (answer.Records.Count == 0 && ++voids > options.MaxVoidLookups)
            throw SpfErrorException.Permanent(string.Create(CultureInfo.InvariantCulture, $"more than {options.MaxVoidLookups} names without records"));
    }
}
