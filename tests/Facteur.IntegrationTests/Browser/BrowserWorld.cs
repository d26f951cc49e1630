using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>One server and one Chromium (Debian's; nothing is downloaded) for all tests of the webmail, begun by the first that needs them. Each test has an account and a browser profile of its own.</summary>
public class BrowserWorld : IAsyncDisposable
{
    public const string Password = "soleil-42-papier";
    internal const string Program = "/usr/bin/chromium";

    private readonly Lazy<Task<(FacteurServer Server, IPlaywright Playwright, IBrowser Browser)>> world;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> people = new(StringComparer.Ordinal);
    private int accounts;

    public BrowserWorld() => world = new(StartAsync);

    /// <summary>What the configuration of the server has beside the usual.</summary>
    protected virtual IReadOnlyDictionary<string, object>? Configuration => null;

    /// <summary>The environment of the server.</summary>
    protected virtual IReadOnlyDictionary<string, string>? ServerEnvironment => null;

    /// <summary>Keys of certificates that count as good beside the server's (SHA-256 of SubjectPublicKeyInfo, in Base64).</summary>
    protected virtual IReadOnlyList<string> TrustedKeys => [];

    internal async Task<FacteurServer> ServerAsync() => (await world.Value).Server;

    internal async Task<IBrowser> BrowserAsync() => (await world.Value).Browser;

    /// <summary>A new account; its address.</summary>
    /// <param name="person">Name of whose it is: the address is made of it. Null for anybody's.</param>
    internal async Task<string> AddAccountAsync(string? person = null)
    {
        var number = Interlocked.Increment(ref accounts).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var address = person is null ? $"anna{number}@demo.test" : await AddPersonAsync(person, number);
        if (person is null) await (await ServerAsync()).AddAccountAsync(address, Password);
        return address;
    }

    private async Task<string> AddPersonAsync(string person, string number)
    {
        // A second of the same name is told apart, as people are.
        var local = person.Replace(' ', '.').ToLowerInvariant();
        var address = people.TryAdd(local, number) ? $"{local}@demo.test" : $"{local}.{number}@demo.test";
        await (await ServerAsync()).AddAccountAsync(address, Password, person);
        return address;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (world.IsValueCreated && world.Value.IsCompletedSuccessfully)
        {
            var (server, playwright, browser) = await world.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
            await server.DisposeAsync();
        }
        await EndAsync();
    }

    /// <summary>Ends what a world has of its own, last of all.</summary>
    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;

    private async Task<(FacteurServer Server, IPlaywright Playwright, IBrowser Browser)> StartAsync()
    {
        var server = new FacteurServer(web: true, more: Configuration);
        var added = await server.CliAsync("domain", "add", "demo.test");
        Assert.True(added.ExitCode == 0, added.ToString());
        await server.StartAsync(ServerEnvironment);
        var playwright = await Playwright.CreateAsync();
        return (server, playwright, await LaunchAsync(playwright, ["--no-sandbox", "--disable-dev-shm-usage", $"--ignore-certificate-errors-spki-list={string.Join(',', [await LocalChromium.KeyHashAsync(server.Port("https")), .. TrustedKeys])}"]));
    }

    /// <summary>Starts the browser.</summary>
    /// <param name="switches">What it needs to be told in any case.</param>
    private protected virtual Task<IBrowser> LaunchAsync(IPlaywright playwright, IReadOnlyList<string> switches) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Timeout = Patience.DoneMilliseconds, Args = [.. switches, "--disable-background-networking"] });

    /// <summary>A key as <see cref="TrustedKeys"/> has it.</summary>
    internal static string KeyHash(X509Certificate2 certificate) => Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
