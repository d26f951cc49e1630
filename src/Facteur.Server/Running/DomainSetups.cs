using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Domains;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Server.Configuration;
using Facteur.Storage;

namespace Facteur.Server.Running;

/// <summary>Says of a domain what DNS must say: from the configuration, the keys, the certificates and the addresses of this machine.</summary>
internal sealed class DomainSetups(FacteurConfiguration configuration, DkimKeyRing keys, DnsResolver dns, OwnMtaSts policies)
{
    public async ValueTask<DomainSetup> OfAsync(DomainRecord domain, CancellationToken cancel) => new()
    {
        Domain = domain.Name,
        HostName = configuration.Hostname,
        Addresses = await AddressesAsync(cancel),
        DkimKeys = await keys.PublishedAsync(domain, cancel),
        KeyDigests = KeyDigests(),
        MtaStsId = await policies.IdAsync(domain.Name, cancel),
        Services = Services(),
    };

    /// <summary>
    /// Addresses that mail leaves from and comes to: those set, else the public ones of this machine, else (behind a translation) what DNS says.
    /// </summary>
    private async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(CancellationToken cancel)
    {
        if (configuration.Outbound.Bind.Count > 0) return configuration.Outbound.Bind;
        var own = NetworkInterface.GetAllNetworkInterfaces().Where(one => one.OperationalStatus == OperationalStatus.Up)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).Where(PublicAddresses.Contains).Distinct().ToList();
        if (own.Count > 0) return own;
        var (_, _, four) = await dns.AddressesAsync(configuration.Hostname, DnsType.A, cancel);
        var (_, _, six) = await dns.AddressesAsync(configuration.Hostname, DnsType.Aaaa, cancel);
        return [.. four, .. six];
    }

    /// <summary>
    /// Of the configured certificates those that port 25 shows to who asks for this host, and the one for all other names when none does.
    /// One of the local authority changes too often to be published.
    /// </summary>
    private List<byte[]> KeyDigests()
    {
        var (ofHost, others) = (new List<byte[]>(), new List<byte[]>());
        foreach (var files in configuration.Tls)
        {
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificateFromFile(files.Certificate);
                (certificate.MatchesHostname(configuration.Hostname) ? ofHost : others).Add(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
            }
            catch (CryptographicException)
            {
                // Whoever starts the server with it is told.
            }
        }
        return ofHost.Count > 0 ? ofHost : [.. others.Take(1)];
    }

    private HostedServices Services()
    {
        var services = HostedServices.None;
        foreach (var listener in configuration.Listen)
            services |= listener.Kind.Name switch
            {
                "imaps" => HostedServices.Imaps,
                "submissions" => HostedServices.Submissions,
                "pop3s" => HostedServices.Pop3s,
                "managesieve" => HostedServices.ManageSieve,
                "https" => HostedServices.MtaSts | HostedServices.Jmap,
                _ => HostedServices.None,
            };
        return services;
    }
}
