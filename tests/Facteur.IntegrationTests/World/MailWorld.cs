using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography.X509Certificates;
using Facteur.Accounts;
using Facteur.IntegrationTests.Dns;
using Xunit.Sdk;

namespace Facteur.IntegrationTests.World;

/// <summary>
/// Three mail hosts on addresses of the loopback network, on the registered ports, with real DNS between them. Facteur A has a.test and
/// other.test (unsigned, MTA-STS enforced), Facteur B has b.test (signed, TLSA) and false.test (signed, TLSA of another key), Postfix has
/// p.test. All records of the Facteurs' domains are those that "facteur dns show" tells. Needs root, for the ports.
/// </summary>
public sealed class MailWorld : IAsyncLifetime
{
    public const string Alice = "alice@a.test", Ann = "ann@a.test", Omar = "omar@other.test", Forward = "forward@a.test", Lost = "lost@a.test";
    public const string Bob = "bob@b.test", Dora = "dora@false.test", Paul = "paul@p.test", Late = "late@p.test";

    private static readonly IPEndPoint resolver = new(IPAddress.Parse("127.0.5.53"), 53);
    private static int messages;
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-world-").FullName;
    private WorldAuthority authority = null!;
    private ExceptionDispatchInfo? missing;
    private FileStream? turn;

    internal WorldServer A { get; private set; } = null!;
    internal WorldServer B { get; private set; } = null!;
    internal PostfixHost Postfix { get; private set; } = null!;
    internal DnsLab Dns { get; private set; } = null!;
    internal NamedPrograms Named { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (SkipException e)
        {
            // Thrown here it would fail the tests; each throws it for itself.
            missing = ExceptionDispatchInfo.Capture(e);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips a test when something that the world needs is not on this machine.</summary>
    internal void Require() => missing?.Throw();

    private async Task StartAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("the ports of mail need root");
        LabProcess.Find("postfix");
        // Postfix runs as several users.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Named = new NamedPrograms(folder, resolver.Address);
        await Named.RequireAsync();
        turn = await TakeTurnAsync();
        authority = new WorldAuthority(folder);
        A = new WorldServer(Place("a"), IPAddress.Parse("127.0.5.1"), "mail.a.test", resolver, authority.Issue("a", "mail.a.test"), authority.Issue("a-web", "mta-sts.a.test", "mta-sts.other.test"));
        B = new WorldServer(Place("b"), IPAddress.Parse("127.0.5.2"), "mail.b.test", resolver, authority.Issue("b", "mail.b.test"), authority.Issue("b-web", "mta-sts.b.test"));
        Postfix = new PostfixHost(Place("p"), IPAddress.Parse("127.0.5.3"), "p.test");
        await Task.WhenAll(A.PrepareAsync(PrepareAAsync), B.PrepareAsync(PrepareBAsync));
        Dns = await DnsLab.StartAsync(await ZonesAsync(), new DnsLabOptions { Resolver = resolver });
        await Task.WhenAll(StartAsync(A), StartAsync(B),
            Postfix.StartAsync(Named, resolver.Address, authority.Issue("p", "mail.p.test"), ["paul"], new Dictionary<string, string> { ["late"] = "nobody@b.test" }));
    }

    public async ValueTask DisposeAsync()
    {
        if (Postfix is not null) await Postfix.DisposeAsync();
        if (A is not null) await A.DisposeAsync();
        if (B is not null) await B.DisposeAsync();
        if (Dns is not null) await Dns.DisposeAsync();
        authority?.Dispose();
        Directory.Delete(folder, recursive: true);
        if (turn is not null) await turn.DisposeAsync();
    }

    /// <summary>Starts a Facteur, which trusts the authority of the world.</summary>
    internal Task StartAsync(WorldServer server) => server.Process.StartAsync(new Dictionary<string, string> { ["SSL_CERT_FILE"] = authority.Bundle });

    /// <summary>Gives a certificate of a server another name, or its own again; takes effect when it is told to reload.</summary>
    internal void Reissue(string file, params string[] names) => authority.Issue(file, names);

    /// <summary>The zone of false.test: with the TLSA record of B's key, or of another.</summary>
    internal LabZone FalseZone(bool isTrue)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "b.pem"));
        var data = isTrue ? LabZone.Tlsa(certificate) : "3 1 1 " + new string('0', 64);
        return new LabZone("false.test", $"@ MX 10 mx\nmx A {B.Address}\n_25._tcp.mx TLSA {data}", LabSigning.Signed);
    }

    /// <summary>A subject that no other message has.</summary>
    internal static string Subject(string words) => string.Create(CultureInfo.InvariantCulture, $"{words} n{Interlocked.Increment(ref messages)}.");

    /// <summary>The text of a message, ready for DATA but for the final dot.</summary>
    internal static string Message(string from, string to, string subject, string body) =>
        $"From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {TimeProvider.System.GetUtcNow():r}\r\nMessage-ID: <{Guid.NewGuid():N}@{from.Split('@')[1]}>\r\n\r\n{body}\r\n";

    /// <summary>A machine has one loopback network: test runs that go on beside this one wait for it.</summary>
    private static async Task<FileStream> TakeTurnAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Path.GetTempPath(), "facteur-world.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
            }
        }
    }

    private string Place(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static async Task PrepareAAsync(AccountService accounts, CancellationToken cancel)
    {
        foreach (var domain in (string[])["a.test", "other.test"]) await accounts.AddDomainAsync(domain, cancel);
        foreach (var address in (string[])[Ann, Alice, Omar, Forward, Lost]) await accounts.AddAccountAsync(address, null, WorldServer.Password, cancel);
        await accounts.SetAccountLocaleAsync(Alice, "fr", cancel);
        await accounts.SetForwardAsync(Forward, [Paul], ForwardKeep.Keep, cancel);
        await accounts.SetForwardAsync(Lost, [Late], ForwardKeep.Delete, cancel);
    }

    private static async Task PrepareBAsync(AccountService accounts, CancellationToken cancel)
    {
        foreach (var domain in (string[])["b.test", "false.test"]) await accounts.AddDomainAsync(domain, cancel);
        foreach (var address in (string[])[Bob, Dora]) await accounts.AddAccountAsync(address, null, WorldServer.Password, cancel);
    }

    private async Task<List<LabZone>> ZonesAsync()
    {
        var shown = await Task.WhenAll(ShowAsync(A, "a.test", "other.test"), ShowAsync(B, "b.test"));
        var lines = shown.SelectMany(one => one).Distinct().ToList();
        return
        [
            new("a.test", Of("a.test")),
            new("other.test", Of("other.test")),
            new("b.test", Of("b.test"), LabSigning.Signed),
            FalseZone(isTrue: false),
            new("p.test", """
                @ MX 10 mail
                @ TXT "v=spf1 mx -all"
                mail A 127.0.5.3
                mail TXT "v=spf1 a -all"
                _dmarc TXT "v=DMARC1; p=none"
                """),
            new("127.in-addr.arpa", Of("127.in-addr.arpa") + "\n3.5.0 PTR mail.p.test.", LabSigning.Signed),
        ];

        string Of(string zone) => string.Join('\n', lines.Where(line => line.Owner.EndsWith(zone, StringComparison.Ordinal)).Select(line => line.ZoneLine));
    }

    // One after the other: a store that no server runs on has one process at a time.
    private static async Task<List<(string Owner, string ZoneLine)>> ShowAsync(WorldServer server, params string[] domains)
    {
        var lines = new List<(string, string)>();
        foreach (var domain in domains)
            foreach (var line in (await server.AskAsync("dns", "show", domain)).EnumerateArray())
                lines.Add((line.GetProperty("owner").GetString()!, line.GetProperty("zoneLine").GetString()!));
        return lines;
    }
}

/// <summary>The tests of one world run one after the other: some stop servers or change DNS.</summary>
[CollectionDefinition(Name)]
public sealed class WorldCollection : ICollectionFixture<MailWorld>
{
    public const string Name = "World";
}

/// <summary>A class of tests in the world.</summary>
[Collection(WorldCollection.Name)]
public abstract class WorldTests(MailWorld world) : IAsyncLifetime
{
    internal MailWorld World { get; } = world;

    public ValueTask InitializeAsync()
    {
        World.Require();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
