using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Server.Configuration;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>What moves mail, put together over one store: names and connections, checks, recipients, the queue. The server starts its background work; a command on a stopped server only asks it.</summary>
internal sealed class MailServices : IAsyncDisposable
{
    // Where Debian's package publicsuffix keeps the list.
    private const string SuffixList = "/usr/share/publicsuffix/public_suffix_list.dat";

    private readonly StubResolver resolver;
    private readonly GuardedHttp http;
    private readonly List<BackgroundService> background = [];
    private readonly List<BackgroundService> started = [];

    public MailServices(FacteurConfiguration configuration, MailStore store, TimeProvider time, ILoggerFactory loggers)
    {
        resolver = new StubResolver(new StubResolverOptions { Servers = configuration.Dns.Count > 0 ? configuration.Dns : null }, time, loggers.CreateLogger<StubResolver>());
        Dialer = new GuardedDialer(resolver, Rules(configuration.Outbound), time, loggers.CreateLogger<GuardedDialer>());
        http = new GuardedHttp(Dialer, new GuardedHttpOptions(), time);
        var options = new DeliveryOptions { HostName = configuration.Hostname };
        var settings = new AccountSettings(store.Settings);
        var directory = new RecipientDirectory(store.Directory, store.Settings);
        var suffixes = new PublicSuffixFile(SuffixList, time, loggers.CreateLogger<PublicSuffixFile>());
        var routes = new RouteTable(store.Settings, store.Directory, loggers.CreateLogger<RouteTable>());
        var suppressed = new SuppressionList(store.State, time);
        var outbound = new OutboundSubmission(routes, suppressed, store.Directory, new SendingLimits(store.Queue, store.State, store.Settings, store.Directory, time, loggers.CreateLogger<SendingLimits>()), time);
        var spf = new SpfEvaluator(resolver, time, new SpfOptions { ReceiverName = configuration.Hostname });
        Keys = new DkimKeyRing(store.Settings, store.Directory, time, loggers.CreateLogger<DkimKeyRing>());
        Delivery = new DeliveryServices
        {
            Store = store,
            Directory = directory,
            Settings = settings,
            Router = new RecipientRouter(directory, settings, new SenderRewriting(new SiteSecrets(store.Settings), store.State, time), options),
            Dns = resolver,
            Spf = spf,
            Dmarc = new DmarcEvaluator(resolver, () => suffixes.Current, Random.Shared),
            Policy = new InboundPolicy(store.State, store.Settings, resolver, Dialer, options, time, loggers),
            Outbound = outbound,
            Keys = Keys,
            Refusals = Add(new RefusalTrace(store.Trace, time, loggers.CreateLogger<RefusalTrace>())),
            Options = options,
            Time = time,
            Loggers = loggers,
        };
        var verp = new Verp(new SiteSecrets(store.Settings), directory, settings);
        var policies = new MtaStsPolicies(resolver, http.SendAsync, new StoredMtaStsPolicies(store.State), null, time, loggers.CreateLogger<MtaStsPolicies>());
        var connector = new MxHostConnector(
            new TransportServices(resolver, Dialer.ConnectAsync, policies, null, time),
            new TransportOptions { Port = configuration.Outbound.Port, OwnNames = [configuration.Hostname] },
            new SmtpClientOptions { HostName = configuration.Hostname }, loggers.CreateLogger<MxHostConnector>());
        var queueOptions = new QueueOptions();
        var destinations = new DestinationTable(queueOptions, time);
        Queue = new QueueService(store.Queue, routes, destinations);
        var reports = Add(new ReportRunner(
            store.Queue, store, outbound, new ReversePath(Delivery.Router), configuration.Hostname, queueOptions, time, new ReportSigner(Keys, time).SignAsync, loggers.CreateLogger<ReportRunner>()));
        var runner = Add(new QueueRunner(
            store.Queue, store, connector, routes, destinations, suppressed, queueOptions, time, verp, loggers.CreateLogger<QueueRunner>()));
        runner.ReportOwed += reports.Wake;
        Add(new QueueRetention(store.Queue, store.Trace, store, queueOptions, time, loggers.CreateLogger<QueueRetention>()));
        Setups = new DomainSetups(configuration, Keys, resolver, _ => null);
        Check = new DomainCheck(resolver, spf, FetchPolicyAsync);
    }

    public DnsResolver Resolver => resolver;
    public GuardedDialer Dialer { get; }
    public DeliveryServices Delivery { get; }
    public DkimKeyRing Keys { get; }
    public QueueService Queue { get; }
    public DomainSetups Setups { get; }
    public DomainCheck Check { get; }

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
        http.Dispose();
        resolver.Dispose();
    }

    private T Add<T>(T service)
        where T : BackgroundService
    {
        background.Add(service);
        return service;
    }

    private static GuardedDialerOptions Rules(OutboundConfiguration outbound)
    {
        var networks = outbound.Allow.Select(network => network.ToString()).ToList();
        return new GuardedDialerOptions
        {
            LocalIPv4 = outbound.Bind.FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
            LocalIPv6 = outbound.Bind.FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6),
        }
        .With(DialPurpose.MailExchange, rule => rule.AllowNetworks(networks).AllowPorts(outbound.Port))
        .With(DialPurpose.SmartHost, rule => networks.Count > 0 ? rule.AllowNetworks(networks).AllowAnyPort() : rule)
        .With(DialPurpose.Web, rule => networks.Count > 0 ? rule.AllowNetworks(networks).AllowAnyPort() : rule);
    }

    private async ValueTask<(string? Text, string? Problem)> FetchPolicyAsync(Uri uri, CancellationToken cancel)
    {
        var fetched = await http.GetAsync(uri, 64 * 1024, TimeSpan.FromSeconds(20), cancel);
        return fetched.IsSuccess ? (System.Text.Encoding.UTF8.GetString(fetched.Body), null) : (null, fetched.Sentence);
    }
}
