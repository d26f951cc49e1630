using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Probing;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Server.Configuration;
using Facteur.Server.Running;

namespace Facteur.Server.Commands;

/// <summary>The ways out of this machine for a test by hand: those of the configuration, at any port; no store is opened.</summary>
internal sealed class TestNetwork : IDisposable
{
    /// <summary>Somebody waits: an address that has not answered by then does not answer.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(15);

    private readonly StubResolver resolver;
    private readonly GuardedHttp http;

    /// <param name="allowPrivate">Loopback and private networks too: whoever runs the command could reach them anyway.</param>
    public TestNetwork(FacteurConfiguration configuration, bool allowPrivate, string? authority, TimeProvider time)
    {
        var roots = authority is null ? null : Load(authority);
        resolver = new StubResolver(new StubResolverOptions { Servers = configuration.Dns.Count > 0 ? configuration.Dns : null }, time);
        string[] everywhere = allowPrivate ? ["0.0.0.0/0", "::/0"] : [];
        var rules = (OutboundNetwork.Rules(configuration.Outbound) with { ConnectTimeout = ConnectTime })
            .With(DialPurpose.MailExchange, rule => rule.AllowNetworks(everywhere))
            .With(DialPurpose.SmartHost, rule => rule.AllowNetworks(everywhere).AllowNetworks(configuration.Outbound.Allow.Select(network => network.ToString())).AllowAnyPort())
            .With(DialPurpose.Web, rule => rule.AllowNetworks(everywhere));
        var dialer = new GuardedDialer(resolver, rules, time);
        http = new GuardedHttp(dialer, new GuardedHttpOptions { ExtraRoots = roots }, time);
        Services = new ProbeServices(resolver, dialer.ConnectAsync, http.SendAsync, configuration.Hostname, time) { MxPort = configuration.Outbound.Port, ExtraRoots = roots };
    }

    public ProbeServices Services { get; }

    public void Dispose()
    {
        http.Dispose();
        resolver.Dispose();
    }

    private static X509Certificate2Collection Load(string path)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(path);
            return roots.Count > 0 ? roots : throw new UsageException($"The file {path} holds no certificate in PEM.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"The file {path} cannot be read: {e.Message}");
        }
    }
}
