using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>The mail exchangers of a domain, each under the policy that holds for it, as delivery would go about it.</summary>
internal sealed class MailExchangerProbe(ProbeServices services) : ITlsObserver, IMtaStsPolicyStore
{
    private string? policyProblem;

    public async ValueTask<ProbeReport> RunAsync(string domain, CancellationToken cancel)
    {
        if (AddressLookup.Literal(domain) is not null) return new ProbeReport([await HostAsync(new MailExchangers([domain], false, [domain], null), domain, null, cancel)]);
        var (exchangers, found) = await ExchangersAsync(domain, cancel);
        var looked = new List<ProbeStep> { found };
        if (exchangers.Failure is not null) return new ProbeReport([new ProbeSection(domain, looked)]);
        var (sts, policy) = await PolicyAsync(domain, cancel);
        if (policy is not null) looked.Add(policy);
        var sections = new List<ProbeSection> { new(domain, looked) };
        foreach (var host in exchangers.Names) sections.Add(await HostAsync(exchangers, host, sts, cancel));
        return new ProbeReport(sections);
    }

    // Asked with no name of our own: an administrator tests his own domain as well.
    private async ValueTask<(MailExchangers Found, ProbeStep Step)> ExchangersAsync(string domain, CancellationToken cancel)
    {
        var start = services.Time.GetTimestamp();
        var answer = await services.Resolver.QueryAsync(domain, DnsType.Mx, cancel);
        var found = await new MxLookup(services.Resolver, new TransportOptions()).FindAsync(domain, cancel);
        var elapsed = services.Time.GetElapsedTime(start);
        if (found.Failure is not null)
        {
            var finding = answer.Status switch
            {
                DnsStatus.Success => new ProbeWords("NullMx", domain),
                DnsStatus.NoSuchName => new ProbeWords("DomainUnknown", domain),
                _ => ProbeDiagnosis.Of(answer.Status, domain),
            };
            return (found, ProbeStep.Failed(ProbeStepKind.Exchangers, elapsed, finding));
        }
        var records = answer.Records.OfType<MxRecordData>().GroupBy(record => record.Exchange, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Min(record => record.Preference), StringComparer.OrdinalIgnoreCase);
        var result = records.Count == 0
            ? new ProbeWords("NoExchangers", domain)
            : new ProbeWords("Exchangers", string.Join(", ", found.Names.Select(name => $"{records[name]} {name}")));
        return (found, ProbeStep.Good(ProbeStepKind.Exchangers, elapsed, found.IsAuthentic ? new ProbeWords("Authentic", result) : result));
    }

    private async ValueTask<(MtaStsPolicy? Policy, ProbeStep? Step)> PolicyAsync(string domain, CancellationToken cancel)
    {
        if (services.Fetch is null) return (null, null);
        var start = services.Time.GetTimestamp();
        var policy = await new MtaStsPolicies(services.Resolver, services.Fetch, this, this, services.Time).FindAsync(domain, cancel);
        var elapsed = services.Time.GetElapsedTime(start);
        var result = policy is null
            ? new ProbeWords("NoSts")
            : new ProbeWords(policy.Mode == MtaStsMode.Enforce ? "StsEnforce" : "StsTesting", string.Join(", ", policy.Mx));
        var step = ProbeStep.Good(ProbeStepKind.Policy, elapsed, result);
        return (policy, policyProblem is null ? step : step.Warn(new ProbeWords("StsUnfetchable", domain, policyProblem)));
    }

    private async ValueTask<ProbeSection> HostAsync(MailExchangers exchangers, string host, MtaStsPolicy? sts, CancellationToken cancel)
    {
        var (lookup, found) = await HostProbe.FindAsync(services, host, cancel);
        var steps = new List<ProbeStep> { found };
        if (lookup.Addresses.Count == 0) return new ProbeSection(host, steps);
        var start = services.Time.GetTimestamp();
        var tlsa = exchangers.IsAuthentic ? await TlsaLookup.FindAsync(services.Resolver, lookup, services.MxPort, cancel) : TlsaFinding.NotApplicable;
        var decision = TransportRules.Decide(new TransportFacts(default, host, exchangers.IsAuthentic, exchangers.NextHop, sts, tlsa));
        if (DescribePolicy(decision, tlsa, sts, exchangers.NextHop[0], host, services.Time.GetElapsedTime(start)) is { } policy) steps.Add(policy);
        if (decision.IsRefused) return new ProbeSection(host, steps);
        var plan = new ProbePlan(host, services.MxPort, decision.Policy.MayGoInClear ? TlsUse.WhenOffered : TlsUse.Required, decision.Policy, DialPurpose.MailExchange);
        await new HostProbe(services, plan, steps).RunAsync(lookup.Addresses, null, null, cancel);
        return new ProbeSection(host, steps);
    }

    /// <summary>Null when nothing is asked of this host.</summary>
    private static ProbeStep? DescribePolicy(PolicyDecision decision, TlsaFinding tlsa, MtaStsPolicy? sts, string domain, string host, TimeSpan elapsed)
    {
        if (tlsa.Failure is not null) return ProbeStep.Failed(ProbeStepKind.Policy, elapsed, new ProbeWords("TlsaLookupFailed", host));
        if (decision.IsRefused) return ProbeStep.Failed(ProbeStepKind.Policy, elapsed, new ProbeWords("PolicyNotListed", domain, host));
        if (tlsa.BaseDomain is not null)
        {
            var step = ProbeStep.Good(ProbeStepKind.Policy, elapsed, new ProbeWords("Tlsa", string.Join(", ", tlsa.Records.Take(5).Select(TlsaRecords.Text))));
            return TlsaRecords.Usable(tlsa.Records).Count > 0 ? step : step.Warn(new ProbeWords("TlsaUnusable", host));
        }
        if (sts is null) return null;
        var listed = ProbeStep.Good(ProbeStepKind.Policy, elapsed, new ProbeWords("StsListed", host));
        return MtaStsPolicyText.Matches(sts, host) ? listed : listed with { Result = null, State = ProbeState.Warning, Finding = new ProbeWords("PolicyNotListed", domain, host) };
    }

    void ITlsObserver.Observe(TlsObservation observation) => policyProblem = observation.FailureReason ?? observation.Result.ToString();

    // Nothing is kept: a test asks the world as it is now.
    ValueTask<CachedMtaStsPolicy?> IMtaStsPolicyStore.FindAsync(string domain, CancellationToken cancel) => new((CachedMtaStsPolicy?)null);
    ValueTask IMtaStsPolicyStore.SaveAsync(CachedMtaStsPolicy policy, CancellationToken cancel) => default;
    ValueTask<IReadOnlyList<CachedMtaStsPolicy>> IMtaStsPolicyStore.FetchedBeforeAsync(DateTimeOffset moment, CancellationToken cancel) => new([]);
}
