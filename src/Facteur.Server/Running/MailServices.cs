using Facteur.Accounts;
using Facteur.Accounts.OAuth;
using Facteur.Accounts.Ldap;
using Facteur.Delivery;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Sieve;
using Facteur.Delivery.Sieve.Events;
using Facteur.Delivery.Snoozing;
using Facteur.Delivery.Transport;
using Facteur.Delivery.Vacation;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Pop3;
using Facteur.Server.Configuration;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>What moves mail, put together over one store: names and connections, checks, recipients, the queue. The server starts its background work; a command on a stopped server only asks it.</summary>
internal sealed class MailServices : IAsyncDisposable
{
    // Where Debian's package publicsuffix keeps the list.
    private const string SuffixList = "/usr/share/publicsuffix/public_suffix_list.dat";

    private readonly OutboundNetwork network;
    private readonly List<BackgroundService> background = [];
    private readonly List<BackgroundService> started = [];

    public MailServices(FacteurConfiguration configuration, MailStore store, TimeProvider time, ILoggerFactory loggers)
    {
        var reporting = new ReportOptions { Submitter = configuration.Hostname, From = "postmaster@" + configuration.Hostname, Organization = configuration.Hostname };
        Grants = new OAuthGrants(store, new OAuthClients(store, time), time);
        network = new OutboundNetwork(configuration, store, reporting, time, loggers);
        var options = new DeliveryOptions { HostName = configuration.Hostname };
        var settings = new AccountSettings(store.Settings);
        var secrets = new SiteSecrets(store.Settings);
        Scripts = new SieveScripts(store.Settings);
        var directory = new RecipientDirectory(store.Directory, store.Settings);
        var suffixes = new PublicSuffixFile(SuffixList, time, loggers.CreateLogger<PublicSuffixFile>());
        var routes = new RouteTable(store.Settings, store.Directory, loggers.CreateLogger<RouteTable>());
        Suppressed = new SuppressionList(store.State, time);
        var limits = new SendingLimits(store.Queue, store.State, store.Settings, store.Directory, time, loggers.CreateLogger<SendingLimits>());
        var outbound = new OutboundSubmission(routes, Suppressed, store.Directory, limits, time);
        var spf = new SpfEvaluator(Resolver, time, new SpfOptions { ReceiverName = configuration.Hostname });
        var verp = new Verp(secrets, directory, settings);
        Keys = new DkimKeyRing(store.Settings, store.Directory, time, loggers.CreateLogger<DkimKeyRing>());
        var router = new RecipientRouter(directory, settings, new SenderRewriting(secrets, store.State, time), options);
        var (reverse, signer) = (new ReversePath(router), new ReportSigner(Keys, time));
        var own = new OwnMessages(store, outbound, reverse, signer, time);
        var policy = new InboundPolicy(store.State, store.Settings, Resolver, Dialer, options, time, loggers);
        var vacation = new VacationResponder(directory, settings, store.State, options, time);
        Delivery = new DeliveryServices
        {
            Store = store,
            Directory = directory,
            Settings = settings,
            Router = router,
            Dns = Resolver,
            Spf = spf,
            Dmarc = new DmarcEvaluator(Resolver, () => suffixes.Current, Random.Shared),
            Policy = policy,
            Outbound = outbound,
            Keys = Keys,
            Refusals = Add(new RefusalTrace(store.Trace, time, loggers.CreateLogger<RefusalTrace>())),
            Bookkeeping = Add(new Bookkeeping(loggers.CreateLogger<Bookkeeping>())),
            LateBounces = new LateBounces(store.Queue, directory, verp, Suppressed, time),
            Vacation = vacation,
            Sieve = new SieveDelivery(store, Scripts, directory, settings, policy, vacation, store.State, options, time, loggers.CreateLogger<SieveDelivery>()),
            Own = own,
            Disposable = new DisposableCounts(store.State, time),
            Ledger = network.Ledger,
            ReceivedReports = new ReceivedReportLog(store.State, time),
            Options = options,
            Time = time,
            Loggers = loggers,
        };
        Handoff = new MailHandoff(Delivery);
        var queueOptions = new QueueOptions();
        var destinations = new DestinationTable(queueOptions, time);
        Queue = new QueueService(store.Queue, routes, destinations);
        var reports = Add(new ReportRunner(store.Queue, store, outbound, reverse, configuration.Hostname, queueOptions, time, signer.SignAsync, loggers.CreateLogger<ReportRunner>()));
        var runner = Add(new QueueRunner(
            store.Queue, store, network.Connector, routes, destinations, Suppressed, queueOptions, time, verp, loggers.CreateLogger<QueueRunner>(),
            new DeferredMail(Handoff)));
        runner.ReportOwed += reports.Wake;
        Add(new QuarantineNotices(store, own, settings, configuration.Hostname, time, loggers.CreateLogger<QuarantineNotices>()));
        Add(new QueueRetention(store.Queue, store.Trace, store, queueOptions, time, loggers.CreateLogger<QueueRetention>()));
        Add(new MailboxEventRunner(Handoff, loggers.CreateLogger<MailboxEventRunner>()));
        Add(new SnoozeRunner(store, time, loggers.CreateLogger<SnoozeRunner>()));
        Add(new JunkTrainer(store, Delivery.Policy.Learning, loggers.CreateLogger<JunkTrainer>()));
        Add(new DownloadExpiry(store, time, loggers.CreateLogger<DownloadExpiry>()));
        Add(new MtaStsRefresh(network.Policies, time, loggers.CreateLogger<MtaStsRefresh>()));
        var run = new ReportRun(store.State, Resolver, () => suffixes.Current, time, reporting, new ReportOutlet(own, network.Http), loggers.CreateLogger<ReportRun>());
        Add(new ReportService(network.Ledger, run, time, reporting, Random.Shared, loggers.CreateLogger<ReportService>()));
        var published = new OwnMtaSts(store.Settings, store.Directory, configuration.Hostname);
        Policies = new MtaStsPublishing(published.FindAsync);
        Setups = new DomainSetups(configuration, Keys, Resolver, published);
        Check = new DomainCheck(Resolver, spf, network.FetchAsync);
        Ldap = new LdapDirectory(store, new AccountService(store, new LoginOptions(), time), Dialer, time, loggers.CreateLogger<LdapDirectory>());
    }

    public DnsResolver Resolver => network.Resolver;
    public GuardedDialer Dialer => network.Dialer;
    public GuardedHttp Http => network.Http;

    /// <summary>What accounts gave to programs.</summary>
    public OAuthGrants Grants { get; }
    public DeliveryServices Delivery { get; }

    /// <summary>Takes messages of sessions, and delivers those whose time has come.</summary>
    public MailHandoff Handoff { get; }
    public DkimKeyRing Keys { get; }
    public QueueService Queue { get; }
    public SuppressionList Suppressed { get; }

    /// <summary>Filter scripts of accounts.</summary>
    public SieveScripts Scripts { get; }
    public DomainSetups Setups { get; }
    public DomainCheck Check { get; }

    /// <summary>Passwords that a directory elsewhere checks.</summary>
    public LdapDirectory Ldap { get; }

    /// <summary>The MTA-STS policies of our domains, for the web.</summary>
    public MtaStsPublishing Policies { get; }

    /// <summary>Starts the background work.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (var service in background)
        {
            await service.StartAsync(cancel);
            started.Add(service);
        }
    }

    /// <summary>Ends the background work, the last started first; what is on its way out finishes or is given back.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        foreach (var service in started.AsEnumerable().Reverse()) await service.StopAsync(patience);
        started.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        foreach (var service in background) service.Dispose();
        Delivery.Policy.Dispose();
        Keys.Dispose();
        Scripts.Dispose();
        await Ldap.DisposeAsync();
        network.Dispose();
    }

    private T Add<T>(T service)
        where T : BackgroundService
    {
        background.Add(service);
        return service;
    }
}
