using System.Net;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>What paths have in common: addresses one after the other, failures kept, and what they come to.</summary>
internal abstract class HostPath(MxHostConnector connector) : IDeliveryPath
{
    private readonly List<AttemptOutcome> failed = [];
    private readonly Queue<IPEndPoint> addresses = new();
    private HostPlan? plan;
    private int dialled;

    public AttemptOutcome? Failure { get; private set; }

    public IReadOnlyList<AttemptOutcome> FailedHosts => failed;

    protected MxHostConnector Connector => connector;

    public async ValueTask<IDeliverySession?> ConnectAsync(CancellationToken cancel)
    {
        while (Failure is null)
        {
            if (addresses.Count == 0)
            {
                if (dialled >= connector.Options.MaxAddresses || await NextHostAsync(cancel) is not { } next) break;
                plan = next.Plan;
                foreach (var address in next.Addresses) addresses.Enqueue(address);
                continue;
            }
            dialled++;
            var (session, failure) = await HostSession.OpenAsync(connector, plan!, addresses.Dequeue(), cancel);
            if (session is not null) return session;
            failed.Add(failure!);
            // A host that refused by its words would do so at its next address; one that was not reached may be.
            if (failure!.Stage != SmtpStage.Connect && failure.IsRemote) addresses.Clear();
            if (dialled >= connector.Options.MaxAddresses) addresses.Clear();
        }
        Failure ??= Sum();
        return null;
    }

    /// <summary>The next host that may be connected to, with its addresses; null at the end of the list. Hosts passed over go to <see cref="Fail"/>.</summary>
    protected abstract ValueTask<(HostPlan Plan, IReadOnlyList<IPEndPoint> Addresses)?> NextHostAsync(CancellationToken cancel);

    protected void Fail(AttemptOutcome outcome) => failed.Add(outcome);

    /// <summary>The end of the path, whatever came before.</summary>
    protected void End(AttemptOutcome failure) => Failure = failure;

    // One host that may yet take it is enough to wait for.
    private AttemptOutcome Sum() =>
        failed.FirstOrDefault(outcome => outcome.Verdict == AttemptVerdict.TemporaryFailure) ?? (failed.Count > 0 ? failed[0] : Findings.Temporary("4.4.1", "no host was left to try"));
}

/// <summary>The mail exchangers of a domain.</summary>
internal sealed class MxPath : HostPath
{
    private readonly MailExchangers exchangers;
    private readonly TransportDemands demands;
    private readonly ISmtpClientObserver? observer;
    private readonly MtaStsPolicy? sts;
    private int next;

    public MxPath(MxHostConnector connector, MailExchangers exchangers, TransportDemands demands, ISmtpClientObserver? observer, MtaStsPolicy? sts)
        : base(connector)
    {
        (this.exchangers, this.demands, this.observer, this.sts) = (exchangers, demands, observer, sts);
        if (exchangers.Failure is { } failure) End(failure);
    }

    private string Domain => exchangers.NextHop[0];

    protected override async ValueTask<(HostPlan Plan, IReadOnlyList<IPEndPoint> Addresses)?> NextHostAsync(CancellationToken cancel)
    {
        while (next < exchangers.Names.Count)
        {
            var name = exchangers.Names[next++];
            var host = await Connector.Addresses.FindAsync(name, cancel);
            if (host.Addresses.Count == 0)
            {
                Fail(NoAddress(host) with { Host = new RemoteHost(name, null) });
                continue;
            }
            if (Connector.Exchangers.IsOwn(host.Addresses))
            {
                // It and all that come after are not better than we are (RFC 5321 §5.1).
                next = exchangers.Names.Count;
                if (FailedHosts.Count == 0) Fail(Findings.Permanent("5.4.6", $"the mail exchangers of {Domain} lead back to this server, which has no mailboxes of that domain"));
                return null;
            }
            if (await DecideAsync(host, cancel) is { } policy) return (Plan(name, policy), [.. host.Addresses.Select(address => new IPEndPoint(address, Connector.Options.Port))]);
        }
        return null;
    }

    private async ValueTask<TransportPolicy?> DecideAsync(HostLookup host, CancellationToken cancel)
    {
        var isPolicyAsked = demands is not { TlsNotRequired: true, RequireTls: false };
        var tlsa = exchangers.IsAuthentic && isPolicyAsked ? await TlsaLookup.FindAsync(Connector.Services.Resolver, host, Connector.Options.Port, cancel) : TlsaFinding.NotApplicable;
        var decision = TransportRules.Decide(new TransportFacts(demands, host.Host, exchangers.IsAuthentic, exchangers.NextHop, sts, tlsa));
        if (!decision.IsRefused) return decision.Policy;
        Fail(Findings.Of(decision.Refusal!.Value, SmtpStage.Tls, decision.EnhancedCode, decision.Reason) with { Host = new RemoteHost(host.Host, null) });
        if (decision.Policy is { Defect: { } defect } policy)
            Connector.Services.Observer?.Observe(new TlsObservation(Connector.Services.Time.GetUtcNow(), Domain, policy.Type, policy.PolicyStrings, policy.MxPatterns, defect, host.Host, null, null, policy.DefectReason));
        return null;
    }

    private HostPlan Plan(string host, TransportPolicy policy) =>
        new(host, policy, policy.MayGoInClear ? TlsUse.WhenOffered : TlsUse.Required, DialPurpose.MailExchange, Domain.StartsWith('[') ? null : Domain) { RequireTls = demands.RequireTls, Observer = observer };

    private AttemptOutcome NoAddress(HostLookup host) => host.Status switch
    {
        DnsStatus.NoSuchName or DnsStatus.NoData when host.Host.Equals(Domain, StringComparison.OrdinalIgnoreCase) => Findings.Permanent("5.1.2", $"the domain {Domain} has no mail host"),
        DnsStatus.NoSuchName => Findings.Permanent("5.4.4", $"the mail exchanger {host.Host} does not exist"),
        DnsStatus.NoData => Findings.Permanent("5.4.4", $"the mail exchanger {host.Host} has no address"),
        _ => Findings.Temporary("4.4.3", $"the addresses of {host.Host} cannot be looked up now ({TransportRules.Words(host.Status)})"),
    };
}

/// <summary>The one host of a smarthost route. The administrator's word stands for MX and policy: verified by its name, or what the route allows.</summary>
internal sealed class SmarthostPath(MxHostConnector connector, SmarthostRoute route, TransportDemands demands, ISmtpClientObserver? observer) : HostPath(connector)
{
    private bool isAsked;

    protected override async ValueTask<(HostPlan Plan, IReadOnlyList<IPEndPoint> Addresses)?> NextHostAsync(CancellationToken cancel)
    {
        if (isAsked) return null;
        isAsked = true;
        var host = await Connector.Addresses.FindAsync(route.Host, cancel);
        if (host.Addresses.Count > 0) return (await PlanAsync(cancel), [.. host.Addresses.Select(address => new IPEndPoint(address, route.Port))]);
        // A route that leads nowhere is a setting to mend, not a fault of the message: it waits.
        Fail(Findings.Temporary("4.4.3", host.Status is DnsStatus.NoSuchName or DnsStatus.NoData
            ? $"the smarthost {route.Host} has no address"
            : $"the addresses of the smarthost {route.Host} cannot be looked up now ({TransportRules.Words(host.Status)})") with { Host = new RemoteHost(route.Host, null) });
        return null;
    }

    private async ValueTask<HostPlan> PlanAsync(CancellationToken cancel)
    {
        var isVerified = route.Tls != SmarthostTls.Opportunistic || demands.RequireTls;
        // RFC 8461 §3.4: the smarthost is the policy domain, where the route itself does not ask for as much.
        if (!isVerified && !demands.TlsNotRequired && Connector.Services.Policies is { } policies && AddressLookup.Literal(route.Host) is null)
            isVerified = await policies.FindAsync(route.Host, cancel) is { Mode: MtaStsMode.Enforce };
        var policy = new TransportPolicy { Level = isVerified ? TransportLevel.VerifiedByName : TransportLevel.Opportunistic, ServerName = route.Host, Names = [route.Host] };
        var use = route.Tls == SmarthostTls.Implicit ? TlsUse.Implicit : isVerified ? TlsUse.Required : TlsUse.WhenOffered;
        return new HostPlan(route.Host, policy, use, DialPurpose.SmartHost, null)
        {
            Credentials = route.Credentials is { } login && route.Tls != SmarthostTls.Opportunistic ? new SmtpCredentials(login.UserName, login.Password) : null,
            IsLmtp = route.IsLmtp,
            RequireTls = demands.RequireTls,
            Observer = observer,
        };
    }
}
