using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Delivery.Filtering.Checkers;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Mail;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Filtering;

/// <summary>
/// What comes in and where it goes: asked by the pipeline at MAIL, at RCPT and at the end of the message. Safe for any number of callers.
/// </summary>
/// <remarks>
/// No silent drop: a message is refused in the session, or delivered, to Junk with its reasons readable. A known correspondent comes first.
/// A part that fails (DNS, a checker outside) never fails the message, unless its setting says that mail waits for it.
/// </remarks>
public sealed class InboundPolicy : IDisposable
{
    // To rspamd; more messages at once wait for one of these.
    private const int MaxConnections = 64;

    private static readonly SmtpRefusal Blocked = new(550, "5.7.1", "mail from you is not taken here");

    private readonly FilterSettingsReader settings;
    private readonly RateLimits rates;
    private readonly ConnectionChecks connections;
    private readonly DnsLists lists;
    private readonly Greylist greylist;
    private readonly GuardedHttp http;
    private readonly MessageJudge judge;

    /// <param name="dialer">Leads to rspamd, clamd and milters.</param>
    public InboundPolicy(
        StateStore state, SettingsStore settings, DnsResolver dns, GuardedDialer dialer, DeliveryOptions options, TimeProvider time, ILoggerFactory? logs = null)
    {
        var log = (logs ?? NullLoggerFactory.Instance).CreateLogger<InboundPolicy>();
        http = new GuardedHttp(dialer, new GuardedHttpOptions { MaxConnectionsPerServer = MaxConnections }, time);
        rates = new RateLimits(time);
        lists = new DnsLists(dns, time, log);
        connections = new ConnectionChecks(lists, new HostNames(dns, options.HostName), time);
        greylist = new Greylist(state, time);
        this.settings = new FilterSettingsReader(settings, connections.Forget, log);
        Correspondents = new KnownCorrespondents(state, time);
        var corpus = new BayesCorpus(state, time);
        Learning = new JunkLearning(new BayesTrainer(state, corpus, time), this.settings, Correspondents, state, time);
        var checkers = new CheckerSet(new CheckerFactory(dialer, http, options.HostName, log), time, log);
        judge = new MessageJudge(this.settings, connections, lists, checkers, new BayesFilter(corpus), Correspondents, Learning, time);
    }

    /// <summary>Who accounts write with; the pipeline notes what is sent.</summary>
    public KnownCorrespondents Correspondents { get; }

    /// <summary>What the filter learns; run by <see cref="JunkTrainer"/>.</summary>
    public JunkLearning Learning { get; }

    /// <summary>May this client send, with this sender? Asked at MAIL. Null is yes.</summary>
    public async ValueTask<SmtpRefusal?> CheckSenderAsync(SmtpPeer peer, EnvelopeAddress? sender, CancellationToken cancel) =>
        FilterMetrics.Asked(await SenderRefusalAsync(peer, sender, cancel), "sender");

    private async ValueTask<SmtpRefusal?> SenderRefusalAsync(SmtpPeer peer, EnvelopeAddress? sender, CancellationToken cancel)
    {
        if (peer.Account is not null) return null;
        var site = await settings.SiteAsync(cancel);
        if (site.TrustedNetworks.Contains(peer.Remote.Address)) return null;
        if (site.RefusedNetworks.Contains(peer.Remote.Address)) return Blocked;
        if (sender is not null && AddressPatterns.Matches(site.BlockedSenders, sender.ToString())) return Blocked;
        if (!PeerNetwork.IsForeign(peer)) return null;
        if (rates.CheckMessage(peer, DomainOf(sender), site.Rates) is { } refusal) return refusal;
        var findings = connections.Of(peer, site);
        return site.Lists.Any(list => list.Reject) ? await ListedAsync(sender, findings, site, cancel) : null;
    }

    private async ValueTask<SmtpRefusal?> ListedAsync(EnvelopeAddress? sender, Task<ConnectionFindings> findings, FilterSettings site, CancellationToken cancel)
    {
        var listings = (await findings.WaitAsync(cancel)).Listings;
        var asksDomain = sender is not null && site.Lists.Any(list => list is { Reject: true, Kind: DnsListKind.Domain });
        var domains = asksDomain ? await lists.DomainsAsync(site.Lists, [sender!.Domain], cancel) : [];
        // A whitelist that speaks for the host keeps it from being refused by a list of others.
        if (listings.Any(listing => listing.Score < 0)) return null;
        return listings.Concat(domains).FirstOrDefault(listing => listing is { Score: > 0, List.Reject: true }) is { } listed
            ? new SmtpRefusal(550, "5.7.1", $"{listed.What} is listed by {listed.List.Zone}")
            : null;
    }

    /// <summary>May it send to this recipient? Null is yes.</summary>
    /// <param name="recipient">Null when there is no such address here: counted against guessing; the caller refuses by itself if this does not.</param>
    /// <param name="spf">As far as it is known now.</param>
    public async ValueTask<SmtpRefusal?> CheckRecipientAsync(SmtpPeer peer, EnvelopeAddress? sender, FilterRecipient? recipient, SpfResult? spf, CancellationToken cancel) =>
        FilterMetrics.Asked(await RecipientRefusalAsync(peer, sender, recipient, spf, cancel), "recipient");

    private async ValueTask<SmtpRefusal?> RecipientRefusalAsync(
        SmtpPeer peer, EnvelopeAddress? sender, FilterRecipient? recipient, SpfResult? spf, CancellationToken cancel)
    {
        if (!PeerNetwork.IsForeign(peer)) return null;
        var site = await settings.SiteAsync(cancel);
        if (site.TrustedNetworks.Contains(peer.Remote.Address)) return null;
        if (rates.CheckRecipient(peer, recipient is not null, site.Rates) is { } refusal) return refusal;
        if (recipient is null || !site.Greylist.Enabled) return null;
        var preferences = await settings.PreferencesAsync(recipient.Account, recipient.Domain, cancel);
        if (sender is not null && spf?.Verdict is not (SpfVerdict.Fail or SpfVerdict.SoftFail))
        {
            var address = sender.ToString();
            if (AddressPatterns.Matches(preferences.Allowed, address) || await Correspondents.IsKnownAsync(recipient.Account, [address], cancel)) return null;
        }
        return await greylist.CheckAsync(peer, DomainOf(sender), recipient.Address, spf, site.Greylist, cancel);
    }

    /// <summary>What an account decided by itself, over its domain, the site and the defaults.</summary>
    public ValueTask<FilterPreferences> PreferencesAsync(AccountRecord account, CancellationToken cancel) => settings.PreferencesAsync(account.Id, account.Domain, cancel);

    /// <summary>Judges a complete message before it is committed.</summary>
    public async ValueTask<FilterVerdict> JudgeAsync(FilterInput input, CancellationToken cancel) => FilterMetrics.Judged(await judge.JudgeAsync(input, cancel));

    public void Dispose()
    {
        settings.Dispose();
        connections.Dispose();
        Learning.Dispose();
        http.Dispose();
    }

    private static string DomainOf(EnvelopeAddress? sender) => sender is null || sender.IsAddressLiteral ? "" : sender.Domain.ToLowerInvariant();
}
