using System.Net;
using Facteur.Net;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Configuration;

/// <summary>When a password may travel without TLS.</summary>
internal enum PlaintextAuth
{
    /// <summary>Never.</summary>
    Never,
    /// <summary>From this machine itself.</summary>
    Loopback,
}

/// <summary>What facteur.json and FACTEUR__ variables say, checked. Everything that changes while running is in the store.</summary>
internal sealed record FacteurConfiguration
{
    /// <summary>Name of this host, as in its MX record; ASCII form. Default: the machine's name.</summary>
    public required string Hostname { get; init; }

    /// <summary>Folder of the store, full path. Default: "data" beside the configuration file.</summary>
    public required string Data { get; init; }

    /// <summary>Where to listen. Default: the registered ports of SMTP, submission, IMAP and POP3 on all addresses.</summary>
    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>Certificates, the default one first; none makes a local authority's.</summary>
    public IReadOnlyList<CertificateFiles> Tls { get; init; } = [];

    /// <summary>Default never.</summary>
    public PlaintextAuth PlaintextAuth { get; init; }

    /// <summary>Least severity logged. Default information: one line per connection, login, message.</summary>
    public LogLevel Log { get; init; } = LogLevel.Information;

    /// <summary>Networks whose connections begin with a PROXY header. Default none.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>Resolvers to ask. Default: those of this machine (/etc/resolv.conf). One on loopback that validates makes DANE work.</summary>
    public IReadOnlyList<IPEndPoint> Dns { get; init; } = [];

    /// <summary>How mail leaves.</summary>
    public OutboundConfiguration Outbound { get; init; } = new();

    /// <summary>What a reload does not change.</summary>
    public FixedConfiguration FixedAtStart => new(Hostname, Data, PlaintextAuth, string.Join(' ', Dns), Outbound.ToString());

    /// <summary>This one with what was fixed when the server started.</summary>
    public FacteurConfiguration KeepingFixedOf(FacteurConfiguration running) =>
        this with { Hostname = running.Hostname, Data = running.Data, PlaintextAuth = running.PlaintextAuth, Dns = running.Dns, Outbound = running.Outbound };
}

/// <summary>The keys that need a restart, in a form that compares by value.</summary>
internal sealed record FixedConfiguration(string Hostname, string Data, PlaintextAuth PlaintextAuth, string Dns, string Outbound);

/// <summary>How mail for other hosts leaves this machine.</summary>
internal sealed record OutboundConfiguration
{
    /// <summary>Networks that are no public addresses and may be connected to all the same: a smarthost of the house. Default none.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];

    /// <summary>Port of other mail hosts. Default 25; another one for tests behind a redirection.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Addresses to connect from, one of a family. Default: as the machine chooses.</summary>
    public IReadOnlyList<IPAddress> Bind { get; init; } = [];

    public override string ToString() => $"{string.Join(' ', Allow)} {Port} {string.Join(' ', Bind)}";
}
