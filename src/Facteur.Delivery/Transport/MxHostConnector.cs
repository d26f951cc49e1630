using System.Net;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Transport;

/// <summary>Opens a connection; GuardedDialer.ConnectAsync in the server.</summary>
public delegate Task<DialResult> MailDial(IPEndPoint remote, DialPurpose purpose, CancellationToken cancel);

/// <summary>What a connector works with.</summary>
/// <param name="Policies">Null: MTA-STS is not looked at.</param>
/// <param name="Observer">Takes what TLS reports are made of, or null.</param>
public sealed record TransportServices(DnsResolver Resolver, MailDial Dial, MtaStsPolicies? Policies, ITlsObserver? Observer, TimeProvider Time);

/// <summary>
/// The way to other hosts: mail exchangers or a smarthost, their addresses, the TLS that policies ask for, up to a session that is ready
/// for mail. What has been learnt of a host is never used to lower what is asked of it.
/// </summary>
public sealed class MxHostConnector(TransportServices services, TransportOptions options, SmtpClientOptions client, ILogger<MxHostConnector>? logger = null) : IDeliveryConnector
{
    internal TransportServices Services { get; } = services;
    internal TransportOptions Options { get; } = options;
    internal SmtpClientOptions Client { get; } = client;
    internal MxLookup Exchangers { get; } = new(services.Resolver, options);
    internal AddressLookup Addresses { get; } = new(services.Resolver, services.Time);
    internal ILogger Log { get; } = logger ?? NullLogger<MxHostConnector>.Instance;

    public ValueTask<IDeliveryPath> OpenAsync(DeliveryRoute route, TransportDemands demands, CancellationToken cancel) => OpenAsync(route, demands, null, cancel);

    /// <summary>The same, with somebody who looks on (<c>facteur test</c>).</summary>
    public async ValueTask<IDeliveryPath> OpenAsync(DeliveryRoute route, TransportDemands demands, ISmtpClientObserver? observer, CancellationToken cancel)
    {
        switch (route)
        {
            case SmarthostRoute smarthost:
                return new SmarthostPath(this, smarthost, demands, observer);
            case MxRoute { Domain: ['[', ..] } literal:
                return AddressLookup.Literal(literal.Domain) is null
                    ? new MxPath(this, new MailExchangers([], false, [literal.Domain], Findings.Permanent("5.1.2", "the address literal is of bad form")), demands, observer, null)
                    : new MxPath(this, new MailExchangers([literal.Domain], false, [literal.Domain], null), demands, observer, null);
            case MxRoute { Domain: var domain }:
                var exchangers = await Exchangers.FindAsync(domain, cancel);
                var isPolicyAsked = exchangers.Failure is null && Services.Policies is not null && demands is not { TlsNotRequired: true, RequireTls: false };
                return new MxPath(this, exchangers, demands, observer, isPolicyAsked ? await Services.Policies!.FindAsync(domain, cancel) : null);
            default:
                throw new ArgumentOutOfRangeException(nameof(route));
        }
    }
}
