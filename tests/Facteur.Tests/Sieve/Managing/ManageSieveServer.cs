using System.Text;
using Facteur.Accounts;
using Facteur.Sieve.Managing;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Sieve.Managing;

/// <summary>ManageSieve over a store with the accounts moi, ami and the shared equipe at demo.test.</summary>
internal sealed class ManageSieveServer : IAsyncDisposable
{
    public const string Password = "soleil-42-papier";

    private readonly string folder;
    private readonly ManageSieveConnectionHandler handler;

    private ManageSieveServer(MailStore store, FakeTime time, ManageSieveOptions options, ScriptLimits? limits, string folder)
    {
        (Store, Time, this.folder) = (store, time, folder);
        var login = new LoginOptions { HashIterations = 10 };
        Logins = new LoginService(store, login, time, NullLogger<LoginService>.Instance);
        Administration = new AccountService(store, login, time);
        Scripts = new SieveScripts(store.Settings, limits: limits);
        handler = new ManageSieveConnectionHandler(Scripts, Logins, options, NullLogger<ManageSieveConnectionHandler>.Instance);
    }

    public MailStore Store { get; }
    public FakeTime Time { get; }
    public LoginService Logins { get; }
    public AccountService Administration { get; }
    public SieveScripts Scripts { get; }

    public static string Plain(string user, string password = Password, string identity = "") => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{identity}\0{user}\0{password}"));

    /// <param name="options">By default passwords in clear are taken.</param>
    public static async Task<ManageSieveServer> StartAsync(ManageSieveOptions? options = null, ScriptLimits? limits = null)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-sieve-").FullName;
        var time = new FakeTime();
        var store = await TestStore.OpenAsync(folder, time);
        var server = new ManageSieveServer(store, time, options ?? new ManageSieveOptions { PlaintextOnLoopback = true }, limits, folder);
        await server.Administration.AddDomainAsync("demo.test", default);
        foreach (var name in (string[])["moi", "ami"]) await server.Administration.AddAccountAsync($"{name}@demo.test", null, Password, default);
        return server;
    }

    /// <summary>One conversation on a server of its own. "&lt;login&gt;" in it is the greeting and a login of moi.</summary>
    public static async Task RunAsync(string script, ManageSieveOptions? options = null, ScriptLimits? limits = null, TranscriptOptions? connection = null)
    {
        await using var server = await StartAsync(options, limits);
        await server.ConverseAsync(script, connection);
    }

    public Task ConverseAsync(string script, TranscriptOptions? connection = null, params (string Name, Func<Task> Run)[] actions)
    {
        connection ??= new TranscriptOptions { Connection = new() { Time = Time, Certificates = TestCertificate.Store } };
        var known = new Dictionary<string, Func<Task>> { ["disable"] = () => Administration.SetEnabledAsync("moi@demo.test", false, default).AsTask() };
        foreach (var (name, run) in actions) known[name] = run;
        const string greeting = "S~: \"IMPLEMENTATION\" .*\nS~: \"SASL\" .*\nS~: \"SIEVE\" .*\nS: \"STARTTLS\"\nS~: \"MAXREDIRECTS\" .*\nS~: \"NOTIFY\" .*\nS: \"UNAUTHENTICATE\"\nS: \"VERSION\" \"1.0\"\nS: OK \"Facteur ManageSieve ready\"";
        script = script.ReplaceLineEndings("\n").Replace("<login>", $"{greeting}\nC: AUTHENTICATE \"PLAIN\" \"{Plain("moi@demo.test")}\"\nS: OK \"logged in\"", StringComparison.Ordinal)
            .Replace("<greeting>", greeting, StringComparison.Ordinal);
        return Transcript.RunAsync(handler, script, connection with { Actions = known });
    }

    public async ValueTask DisposeAsync()
    {
        Scripts.Dispose();
        Logins.Dispose();
        Assert.Empty(await Store.CheckConsistencyAsync(default));
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
