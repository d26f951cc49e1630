using System.Net;
using System.Net.Sockets;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>How much a record matters.</summary>
public enum RecordLevel
{
    /// <summary>Without it mail does not come, or is not believed.</summary>
    Must,
    Should,
    May,
}

/// <summary>What a record is for; a check knows by it what to look at.</summary>
public enum RecordPurpose
{
    Mx,
    HostAddress,
    Reverse,
    Spf,
    SpfHost,
    Dkim,
    Dmarc,
    TlsReports,
    MtaStsPointer,
    MtaStsHost,
    Dane,
    Service,
    ServiceHost,
    Caa,
}

/// <summary>A record that DNS should hold.</summary>
/// <param name="Owner">Full name without the final dot.</param>
/// <param name="Value">As a zone file has it.</param>
/// <param name="IsOffered">The service behind it runs here; false only in lists of all records.</param>
public sealed record DomainRecordLine(RecordPurpose Purpose, string Owner, DnsType Type, string Value, RecordLevel Level, bool IsOffered = true)
{
    /// <summary>"example.org. 3600 IN MX 10 mail.example.org."</summary>
    public string ZoneLine(int ttl = 3600) => $"{Owner}. {ttl} IN {Type.ToString().ToUpperInvariant()} {Value}";
}

/// <summary>Every record that a mail domain needs, should have or may have.</summary>
public static class DomainRecords
{
    private const int LongestString = 255;

    /// <param name="all">Also those of services that do not run here.</param>
    public static IReadOnlyList<DomainRecordLine> For(DomainSetup setup, bool all = false)
    {
        var lines = new List<DomainRecordLine>();
        AddMail(lines, setup);
        AddAuthentication(lines, setup);
        AddTransport(lines, setup);
        AddServices(lines, setup);
        return all ? lines : [.. lines.Where(line => line.IsOffered)];
    }

    /// <summary>A text as a zone file has it: strings of at most 255 octets, quotes and backslashes escaped (RFC 1035 §5.1).</summary>
    public static string Quote(string text)
    {
        var strings = Enumerable.Range(0, Math.Max(1, (text.Length + LongestString - 1) / LongestString))
            .Select(i => text.AsSpan(i * LongestString, Math.Min(LongestString, text.Length - (i * LongestString))).ToString());
        return string.Join(' ', strings.Select(part => $"\"{part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
    }

    private static void AddMail(List<DomainRecordLine> lines, DomainSetup setup)
    {
        lines.Add(new(RecordPurpose.Mx, setup.Domain, DnsType.Mx, $"10 {setup.HostName}.", RecordLevel.Must));
        foreach (var address in setup.Addresses)
        {
            var type = address.AddressFamily == AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
            lines.Add(new(RecordPurpose.HostAddress, setup.HostName, type, address.ToString(), RecordLevel.Must));
        }
        foreach (var address in setup.Addresses)
            lines.Add(new(RecordPurpose.Reverse, DnsResolver.ReverseName(address), DnsType.Ptr, $"{setup.HostName}.", RecordLevel.Must));
    }

    private static void AddAuthentication(List<DomainRecordLine> lines, DomainSetup setup)
    {
        lines.Add(new(RecordPurpose.Spf, setup.Domain, DnsType.Txt, Quote("v=spf1 mx -all"), RecordLevel.Must));
        if (!setup.HostName.Equals(setup.Domain, StringComparison.Ordinal))
            lines.Add(new(RecordPurpose.SpfHost, setup.HostName, DnsType.Txt, Quote("v=spf1 a -all"), RecordLevel.Should));
        foreach (var key in setup.DkimKeys)
            lines.Add(new(RecordPurpose.Dkim, $"{key.Selector}._domainkey.{setup.Domain}", DnsType.Txt, Quote(key.Record), key.IsRequired ? RecordLevel.Must : RecordLevel.Should));
        lines.Add(new(RecordPurpose.Dmarc, "_dmarc." + setup.Domain, DnsType.Txt, Quote($"v=DMARC1; p=reject; rua=mailto:{setup.ReportAddress}"), RecordLevel.Must));
    }

    private static void AddTransport(List<DomainRecordLine> lines, DomainSetup setup)
    {
        lines.Add(new(RecordPurpose.TlsReports, "_smtp._tls." + setup.Domain, DnsType.Txt, Quote($"v=TLSRPTv1; rua=mailto:{setup.ReportAddress}"), RecordLevel.Should));
        var serves = setup.Services.HasFlag(HostedServices.MtaSts);
        lines.Add(new(RecordPurpose.MtaStsPointer, "_mta-sts." + setup.Domain, DnsType.Txt, Quote($"v=STSv1; id={setup.MtaStsId ?? "1"}"), RecordLevel.Should, serves));
        lines.Add(new(RecordPurpose.MtaStsHost, "mta-sts." + setup.Domain, DnsType.Cname, $"{setup.HostName}.", RecordLevel.Should, serves));
        foreach (var digest in setup.KeyDigests)
            lines.Add(new(RecordPurpose.Dane, "_25._tcp." + setup.HostName, DnsType.Tlsa, $"3 1 1 {Convert.ToHexStringLower(digest)}", RecordLevel.May));
    }

    private static void AddServices(List<DomainRecordLine> lines, DomainSetup setup)
    {
        Service("_imaps._tcp", 993, HostedServices.Imaps, priority: 0);
        Service("_submissions._tcp", 465, HostedServices.Submissions, priority: 0);
        Service("_pop3s._tcp", 995, HostedServices.Pop3s, priority: 10);
        foreach (var plain in new[] { "_imap._tcp", "_submission._tcp", "_pop3._tcp" }) // RFC 6186 §3.4, RFC 8314 §5.1: TLS from the start is what clients shall find
            lines.Add(new(RecordPurpose.Service, $"{plain}.{setup.Domain}", DnsType.Srv, "0 0 0 .", RecordLevel.Should));
        Service("_jmap._tcp", 443, HostedServices.Jmap, priority: 0);
        Service("_caldavs._tcp", 443, HostedServices.Dav, priority: 0);
        Service("_carddavs._tcp", 443, HostedServices.Dav, priority: 0);
        Service("_sieve._tcp", 4190, HostedServices.ManageSieve, priority: 0);
        Host("autoconfig", HostedServices.Autoconfig, RecordLevel.Must);
        Host("autodiscover", HostedServices.Autodiscover, RecordLevel.Must);
        Service("_autodiscover._tcp", 443, HostedServices.Autodiscover, priority: 0);
        Host("ua-auto-config", HostedServices.Pacc, RecordLevel.May);
        lines.Add(new(RecordPurpose.Caa, setup.Domain, DnsType.Caa, "0 issue \"letsencrypt.org\"", RecordLevel.May));

        void Service(string name, int port, HostedServices service, int priority) =>
            lines.Add(new(RecordPurpose.Service, $"{name}.{setup.Domain}", DnsType.Srv, $"{priority} 1 {port} {setup.HostName}.", RecordLevel.Should, setup.Services.HasFlag(service)));

        void Host(string name, HostedServices service, RecordLevel level) =>
            lines.Add(new(RecordPurpose.ServiceHost, $"{name}.{setup.Domain}", DnsType.Cname, $"{setup.HostName}.", level, setup.Services.HasFlag(service)));
    }
}
