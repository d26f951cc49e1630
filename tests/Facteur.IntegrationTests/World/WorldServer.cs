using System.Net;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.IntegrationTests.World;

/// <summary>One Facteur of a world: on an address of its own, on the ports of the registry.</summary>
internal sealed class WorldServer(string folder, IPAddress address, string hostName, IPEndPoint resolver, params (string Certificate, string Key)[] certificates) : IAsyncDisposable
{
    public const string Password = "a-password-of-the-world";

    public FacteurServer Process { get; } = new(folder, JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["hostname"] = hostName,
        ["data"] = Path.Combine(folder, "data"),
        ["auth"] = new Dictionary<string, string> { ["plaintext"] = "loopback" },
        ["listen"] = new Dictionary<string, string[]> { ["smtp"] = [$"{address}:25"], ["submission"] = [$"{address}:587"], ["imap"] = [$"{address}:143"], ["https"] = [$"{address}:443"] },
        ["tls"] = certificates.Select(pair => new Dictionary<string, string> { ["certificate"] = pair.Certificate, ["key"] = pair.Key }).ToArray(),
        ["dns"] = new[] { resolver.ToString() },
        ["outbound"] = new Dictionary<string, object> { ["allow"] = new[] { "127.0.0.0/8" }, ["bind"] = new[] { address.ToString() } },
    }));

    public IPAddress Address => address;

    /// <summary>Writes domains and accounts into the store of the server that does not run yet.</summary>
    public async Task PrepareAsync(Func<AccountService, CancellationToken, Task> prepare)
    {
        var cancel = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        await using var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = Path.Combine(folder, "data") }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, cancel);
        await prepare(new AccountService(store, new LoginOptions(), TimeProvider.System), cancel);
    }

    /// <summary>What a verb answers, as JSON.</summary>
    public async Task<JsonElement> AskAsync(params string[] verb)
    {
        var result = await Process.CliAsync([.. verb, "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var json = JsonDocument.Parse(result.Output);
        return json.RootElement.Clone();
    }

    /// <summary>Submits a message; answers the id of the transaction.</summary>
    /// <param name="authenticated">The account; the sender when it is null.</param>
    public async Task<string> SendAsync(string from, string to, string subject, string body, string? authenticated = null)
    {
        await using var client = await TestClient.ConnectAsync(587, address: address.ToString());
        await client.ExpectAsync("220");
        await client.CommandAsync("EHLO localhost", "250");
        await client.CommandAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{authenticated ?? from}\0{Password}"))}", "235");
        await client.CommandAsync($"MAIL FROM:<{from}>", "250");
        await client.CommandAsync($"RCPT TO:<{to}>", "250");
        await client.CommandAsync("DATA", "354");
        await client.WriteAsync(MailWorld.Message(from, to, subject, body));
        var stored = await client.CommandAsync(".", "250");
        await client.CommandAsync("QUIT", "221");
        return stored.Split(' ')[3];
    }

    /// <summary>Waits for an attempt on the message of a transaction that ends so: "1 delivered", "0 delivered, 1 wait", "0 delivered, 0 wait, 1 failed".</summary>
    public Task WaitAttemptAsync(string transaction, string destination, string outcome) => Process.WaitLogAsync($"({transaction}) to {destination}: {outcome}");

    /// <summary>The rows of a kind in the life of a message, oldest first.</summary>
    public async Task<List<JsonElement>> TraceAsync(string transaction, string kind)
    {
        var lives = await AskAsync("trace", transaction);
        return [.. lives.EnumerateArray().SelectMany(life => life.GetProperty("rows").EnumerateArray()).Where(row => row.GetProperty("kind").GetString() == kind)];
    }

    /// <summary>The message of an inbox that has these words; waits for it by IDLE.</summary>
    public Task<string> WaitMessageAsync(string account, string words) => WaitAsync(account, words, "BODY.PEEK[]");

    /// <summary>The first part of such a message, decoded; in a report that is what people read.</summary>
    public Task<string> WaitTextAsync(string account, string words) => WaitAsync(account, words, "BINARY.PEEK[1]");

    /// <summary>How many messages of an inbox have these words now.</summary>
    public async Task<int> CountAsync(string account, string words)
    {
        await using var imap = await OpenInboxAsync(account);
        return (await SearchAsync(imap, words)).Found.Length;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private async Task<string> WaitAsync(string account, string words, string section)
    {
        await using var imap = await OpenInboxAsync(account);
        while (true)
        {
            var (found, hasMore) = await SearchAsync(imap, words);
            if (found is [var number, ..])
                await foreach (var body in imap.ImapBodiesAsync(number, section)) return Encoding.UTF8.GetString(body);
            // Told of while the search ran: IDLE will not tell of it again.
            if (hasMore) continue;
            try
            {
                await IdleAsync(imap);
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"no message with '{words}' came to {account}: {Process.Log}");
            }
        }
    }

    /// <summary>Ends once a message has come.</summary>
    private static async Task IdleAsync(TestClient imap)
    {
        await imap.WriteAsync("idle IDLE\r\n");
        while (!(await LineAsync()).EndsWith("EXISTS", StringComparison.Ordinal))
        {
        }
        await imap.WriteAsync("DONE\r\n");
        while (!(await LineAsync()).StartsWith("idle OK", StringComparison.Ordinal))
        {
        }

        async Task<string> LineAsync() => await imap.ReadLineAsync() ?? throw new EndOfStreamException("closed while idle");
    }

    private async Task<TestClient> OpenInboxAsync(string account)
    {
        var imap = await TestClient.ConnectAsync(143, address: address.ToString());
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {account} {Password}");
        await imap.ImapAsync("SELECT INBOX");
        return imap;
    }

    private static async Task<(string[] Found, bool HasMore)> SearchAsync(TestClient imap, string words)
    {
        var lines = await imap.ImapAsync($"SEARCH TEXT \"{words}\"");
        return (lines.First(line => line.StartsWith("* SEARCH", StringComparison.Ordinal)).Split(' ')[2..], lines.Exists(line => line.EndsWith("EXISTS", StringComparison.Ordinal)));
    }
}
