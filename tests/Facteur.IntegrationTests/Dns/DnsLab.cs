using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Facteur.Net.Dns;

namespace Facteur.IntegrationTests.Dns;

/// <summary>What a lab may be told beside its zones.</summary>
internal sealed record DnsLabOptions
{
    /// <summary>Where the resolver listens; null takes a free port of 127.0.0.1. Programs that read resolv.conf need port 53 of some loopback address.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>The resolver says why validation failed (extended errors); Debian's default does not.</summary>
    public bool ExtendedErrors { get; init; } = true;
}

/// <summary>
/// Real DNS on loopback: Debian's knot serves the zones, Debian's unbound resolves and validates. Names outside the zones do not
/// exist. The resolver keeps nothing and gives TTL 0, so that a changed zone is seen at once. Nothing leaves the machine.
/// </summary>
internal sealed partial class DnsLab : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-dns-").FullName;
    private readonly Dictionary<string, LabZone> zones;
    private readonly DnsLabOptions options;
    private readonly string kzonesign = LabProcess.Find("kzonesign"), keymgr = LabProcess.Find("keymgr"), knotc = LabProcess.Find("knotc");
    private LabProcess? knotd, unbound;
    private int serial = 1;

    private DnsLab(IEnumerable<LabZone> zones, DnsLabOptions options)
    {
        this.zones = zones.ToDictionary(zone => zone.Name);
        this.options = options;
        Resolver = options.Resolver ?? FreePort();
        Authority = FreePort();
    }

    /// <summary>Where the validating resolver listens, UDP and TCP.</summary>
    public IPEndPoint Resolver { get; }

    /// <summary>Where the authoritative server listens; does not recurse.</summary>
    public IPEndPoint Authority { get; }

    /// <summary>Starts both servers; skips the test when they are not installed.</summary>
    public static async Task<DnsLab> StartAsync(IEnumerable<LabZone> zones, DnsLabOptions? options = null)
    {
        var (authority, resolver) = (LabProcess.Find("knotd"), LabProcess.Find("unbound"));
        var lab = new DnsLab(zones, options ?? new DnsLabOptions());
        try
        {
            foreach (var name in (string[])["source", "served", "keys"]) Directory.CreateDirectory(lab.At(name));
            await File.WriteAllTextAsync(lab.At("sign.conf"), lab.KnotConfiguration("source"));
            await File.WriteAllTextAsync(lab.At("knot.conf"), lab.KnotConfiguration("served"));
            await File.WriteAllTextAsync(lab.At("served/root.zone"), new LabZone("", "").File(1));
            foreach (var zone in lab.zones.Values) await lab.WriteAsync(zone);
            await lab.WriteAnchorsAsync();
            await File.WriteAllTextAsync(lab.At("unbound.conf"), lab.UnboundConfiguration());
            lab.knotd = await LabProcess.StartAsync(authority, ["-c", lab.At("knot.conf")], "server started");
            await lab.StartResolverAsync(resolver);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>A resolver of ours over the lab's, which it trusts.</summary>
    public StubResolver CreateResolver() => new(new StubResolverOptions { Servers = [Resolver], FailureTtl = TimeSpan.Zero }, TimeProvider.System);

    /// <summary>Serves other records, or other signatures, from now on. A zone that was unsigned stays so.</summary>
    public async Task ChangeAsync(LabZone zone)
    {
        serial++;
        await WriteAsync(zone);
        await RunAsync(knotc, "-c", At("knot.conf"), "-b", "zone-reload", zone.Name);
    }

    /// <summary>The resolver is gone, as after a crash.</summary>
    public async Task StopResolverAsync()
    {
        if (unbound is not null) await unbound.DisposeAsync();
        unbound = null;
    }

    public Task StartResolverAsync() => StartResolverAsync(LabProcess.Find("unbound"));

    public async ValueTask DisposeAsync()
    {
        await StopResolverAsync();
        if (knotd is not null) await knotd.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartResolverAsync(string program) => unbound = await LabProcess.StartAsync(program, ["-d", "-c", At("unbound.conf")], "start of service");

    private async Task WriteAsync(LabZone zone)
    {
        var file = zone.Name + ".zone";
        if (zone.Signing == LabSigning.Unsigned)
        {
            await File.WriteAllTextAsync(At("served/" + file), zone.File(serial));
            return;
        }
        await File.WriteAllTextAsync(At("source/" + file), zone.File(serial));
        var at = TimeProvider.System.GetUtcNow() - (zone.Signing == LabSigning.Expired ? TimeSpan.FromDays(90) : TimeSpan.FromMinutes(1));
        await RunAsync(kzonesign, "-c", At("sign.conf"), "-o", At("served"), "-t", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), zone.Name);
        if (zone.Signing != LabSigning.Forged) return;
        var text = await File.ReadAllTextAsync(At("served/" + file));
        await File.WriteAllTextAsync(At("served/" + file), Signature().Replace(text, match => match.Groups[1].Value + (match.Groups[2].Value == "A" ? "B" : "A")));
    }

    private async Task WriteAnchorsAsync()
    {
        foreach (var zone in zones.Values.Where(zone => zone.Signing != LabSigning.Unsigned))
            await File.AppendAllTextAsync(At("anchors"), await RunAsync(keymgr, "-c", At("sign.conf"), zone.Name, "ds"));
        await File.AppendAllTextAsync(At("anchors"), "; keys of the signed zones\n");
    }

    private string KnotConfiguration(string storage) => $"""
        server:
            rundir: "{folder}"
            pidfile: "{At("knot.pid")}"
            listen: {At(Authority)}
            background-workers: 1
            udp-workers: 1
            tcp-workers: 1
        log:
          - target: stdout
            any: info
        database:
            storage: "{At("keys")}"
        policy:
          - id: lab
            single-type-signing: on
            algorithm: ecdsap256sha256
            ksk-lifetime: 0
            zsk-lifetime: 0
        template:
          - id: default
            storage: "{At(storage)}"
            file: "%s.zone"
            semantic-checks: off
            zonefile-sync: -1
            zonefile-load: whole
            journal-content: none
        zone:
          - domain: "."
            file: "root.zone"
        {string.Concat(zones.Keys.Select(name => $"  - domain: {name}\n    dnssec-policy: lab\n"))}
        """;

    private string UnboundConfiguration() => $"""
        server:
            directory: "{folder}"
            username: ""
            chroot: ""
            pidfile: "{At("unbound.pid")}"
            use-syslog: no
            logfile: ""
            verbosity: 1
            do-daemonize: no
            num-threads: 1
            interface: {At(Resolver)}
            do-ip6: no
            do-not-query-localhost: no
            module-config: "validator iterator"
            trust-anchor-file: "{At("anchors")}"
            cache-max-ttl: 0
            cache-max-negative-ttl: 0
            val-bogus-ttl: 0
            ede: {(options.ExtendedErrors ? "yes" : "no")}
            unblock-lan-zones: yes
        {string.Concat(zones.Keys.Concat(["test", "invalid"]).Distinct().Select(name => $"    local-zone: \"{name}.\" nodefault\n"))}
        remote-control:
            control-enable: no
        {string.Concat(zones.Keys.Append("").Select(name => $"stub-zone:\n    name: \"{name}.\"\n    stub-addr: {At(Authority)}\n"))}
        """;

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await Programs.RunAsync(program, arguments);
        if (result.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {result}");
        return result.Output;
    }

    private string At(string relative) => Path.Combine(folder, relative);

    // Both servers write ports so.
    private static string At(IPEndPoint endPoint) => string.Create(CultureInfo.InvariantCulture, $"{endPoint.Address}@{endPoint.Port}");

    private static IPEndPoint FreePort() => new(IPAddress.Loopback, FreePorts.Take());

    // The first character of a signature.
    [GeneratedRegex(@"^(\S+\s+\d+\s+RRSIG\s+(?:A|AAAA|MX|TXT|TLSA) .* )(\S)(?=\S+$)", RegexOptions.Multiline, 10_000)]
    private static partial Regex Signature();
}
