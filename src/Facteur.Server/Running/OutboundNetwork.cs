using System.Net.Sockets;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Server.Configuration;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>The ways out of this machine: names, connections, documents, sessions with other mail hosts.</summary>
internal sealed class OutboundNetwork : IDisposable
{
    private readonly StubResolver resolver;
    private readonly GuardedHttp http;

    public OutboundNetwork(FacteurConfiguration configuration, MailStore store, ReportOptions reports, TimeProvider time, ILoggerFactory loggers)
    {
        resolver = new StubResolver(new StubResolverOptions { Servers = configuration.Dns.Count > 0 ? configuration.Dns : null }, time, loggers.CreateLogger<StubResolver>());
        Ledger = new ReportLedger(store.State, resolver, time, reports, loggers.CreateLogger<ReportLedger>());
        Dialer = new GuardedDialer(resolver, Rules(configuration.Outbound), time, loggers.CreateLogger<GuardedDialer>());
        http = new GuardedHttp(Dialer, new GuardedHttpOptions(), time);
        Policies = new MtaStsPolicies(resolver, http.SendAsync, new StoredMtaStsPolicies(store.State), Ledger, time, loggers.CreateLogger<MtaStsPolicies>());
        var transport = new TransportOptions { Port = configuration.Outbound.Port, OwnNames = [configuration.Hostname], OwnAddresses = configuration.Outbound.Bind.ToList() };
        Connector = new MxHostConnector(
            new TransportServices(resolver, Dialer.ConnectAsync, Policies, Ledger, time), transport, new SmtpClientOptions { HostName = configuration.Hostname }, loggers.CreateLogger<MxHostConnector>());
    }

    public DnsResolver Resolver => resolver;
    public GuardedDialer Dialer { get; }
    public MtaStsPolicies Policies { get; }
    public MxHostConnector Connector { get; }
    public GuardedHttp Http => http;

    /// <summary>What reports to other domains are made of.</summary>
    public ReportLedger Ledger { get; }

    /// <summary>Fetches a policy text as the world sees it.</summary>
    public async ValueTask<(string? Text, string? Problem)> FetchAsync(Uri uri, CancellationToken cancel)
    {
        var fetched = await http.GetAsync(uri, 64 * 1024, TimeSpan.FromSeconds(20), cancel);
        return fetched.IsSuccess ? (System.Text.Encoding.UTF8.GetString(fetched.Body), null) : (null, fetched.Sentence);
    }

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }

    /// <summary>Where connections may lead: what the configuration allows beside public addresses.</summary>
    internal static GuardedDialerOptions Rules(OutboundConfiguration outbound)
    {
        var networks = outbound.Allow.Select(network => network.ToString()).ToList();
        return new GuardedDialerOptions
        {
            LocalIPv4 = outbound.Bind.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork),
            LocalIPv6 = outbound.Bind.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetworkV6),
        }
        .With(DialPurpose.MailExchange, rule => rule.AllowNetworks(networks).AllowPorts(outbound.Port))
        .With(DialPurpose.SmartHost, rule => networks.Count > 0 ? rule.AllowNetworks(networks).AllowAnyPort() : rule)
        .With(DialPurpose.Web, rule => networks.Count > 0 ? rule.AllowNetworks(networks).AllowAnyPort() : rule);
    }
}
