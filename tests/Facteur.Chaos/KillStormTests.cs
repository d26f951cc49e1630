using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.IntegrationTests.Support;

namespace Facteur.Chaos;

/// <summary>kill -9 under load, again and again: what was acknowledged is there once and whole, and UIDs only ascend.</summary>
[Trait("promise", "P1")]
public sealed partial class KillStormTests
{
    private const int Senders = 8;
    private const int Appenders = 2;

    /// <summary>Kills in one run; FACTEUR_CHAOS_KILLS asks for more.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("FACTEUR_CHAOS_KILLS"), out var n) ? n : 12;

    [Fact]
    [Trait("test", "R-01")]
    public async Task What_was_acknowledged_survives_every_kill()
    {
        await using var server = new FacteurServer(web: true);
        Assert.Equal(0, (await server.CliAsync("domain", "add", "chaos.test")).ExitCode);
        await server.AddAccountAsync("a@chaos.test", "chaos-password");
        await server.AddAccountAsync("b@chaos.test", "chaos-password");
        var acknowledged = new Acknowledgements();
        var journal = acknowledged.Journal;
        using var uploads = new UploadLane(server, "b@chaos.test", "chaos-password");
        var random = new Random(1);
        uint highestUid = 0;
        for (var round = 0; round < Kills; round++)
        {
            await server.StartAsync();
            highestUid = await CheckAsync(server, journal, highestUid);
            await uploads.CheckAsync();
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Senders).Select(n => Task.Run(() => SendAsync(server, acknowledged, n, stop.Token)))
                .Concat(Enumerable.Range(0, Appenders).Select(n => Task.Run(() => AppendAsync(server, acknowledged, n, stop.Token))))
                .Append(Task.Run(() => uploads.LoadAsync(acknowledged.Count, stop.Token))).ToList();
            // At a random point of the load: after so many more acknowledgements, whatever else is under way then.
            await acknowledged.WaitAsync(random.Next(1, 400));
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }
        await server.StartAsync();
        await CheckAsync(server, journal, highestUid);
        await uploads.CheckAsync();
        Assert.True(uploads.Acknowledged > 0, "no upload was acknowledged");
        Assert.True(journal.Count > 100, $"{journal.Count} acknowledged: too few to mean anything");
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task SendAsync(FacteurServer server, Acknowledgements acknowledged, int lane, CancellationToken stop)
    {
        var random = new Random(lane);
        try
        {
            await using var smtp = await TestClient.ConnectAsync(server.Port("smtp"));
            await smtp.ExpectAsync("220");
            await smtp.CommandAsync("EHLO chaos.test", "250");
            while (!stop.IsCancellationRequested)
            {
                var (id, digest, message) = Message(random.Next(200, 200_000));
                await smtp.WriteAsync("MAIL FROM:<x@sender.test>\r\nRCPT TO:<a@chaos.test>\r\nRCPT TO:<b@chaos.test>\r\nDATA\r\n");
                foreach (var code in new[] { "250", "250", "250", "354" }) await smtp.ExpectAsync(code);
                await smtp.WriteAsync(message + ".\r\n");
                await smtp.ExpectAsync("250");
                acknowledged.Add("smtp " + id, digest);
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException) { }
    }

    private static async Task AppendAsync(FacteurServer server, Acknowledgements acknowledged, int lane, CancellationToken stop)
    {
        var random = new Random(100 + lane);
        try
        {
            await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
            await imap.ReadLineAsync();
            await imap.ImapAsync("LOGIN a@chaos.test chaos-password");
            while (!stop.IsCancellationRequested)
            {
                var (id, digest, message) = Message(random.Next(200, 200_000));
                await imap.ImapAsync($"APPEND INBOX {{{message.Length}+}}\r\n{message}");
                acknowledged.Add("imap " + id, digest);
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException) { }
    }

    /// <summary>A message whose Message-ID and the digest of its body travel in its header.</summary>
    private static (string Id, string Digest, string Text) Message(int size)
    {
        var id = Guid.NewGuid().ToString("N");
        var body = new StringBuilder();
        while (body.Length < size) body.Append(Convert.ToBase64String(RandomNumberGenerator.GetBytes(54))).Append("\r\n");
        var digest = Digest(Encoding.ASCII.GetBytes(body.ToString()));
        return (id, digest, $"Message-ID: <{id}@chaos.test>\r\nX-Digest: {digest}\r\nSubject: chaos\r\n\r\n{body}");
    }

    private static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexString(SHA256.HashData(body));

    /// <summary>Reads both mailboxes back; answers the highest UID seen.</summary>
    private static async Task<uint> CheckAsync(FacteurServer server, ConcurrentDictionary<string, string> journal, uint highestBefore)
    {
        var (inA, highest) = await ReadAsync(server, "a@chaos.test");
        var (inB, _) = await ReadAsync(server, "b@chaos.test");
        Assert.True(highest >= highestBefore, "a UID went back");
        foreach (var key in journal.Keys)
        {
            var id = key[5..];
            Assert.True(inA.GetValueOrDefault(id) == 1, $"{key} is {inA.GetValueOrDefault(id)} times in a");
            if (key.StartsWith("smtp", StringComparison.Ordinal)) Assert.True(inB.GetValueOrDefault(id) == 1, $"{key} is {inB.GetValueOrDefault(id)} times in b");
        }
        // Several recipients are one step: what b has, a has.
        Assert.All(inB.Keys, id => Assert.Equal(1, inA.GetValueOrDefault(id)));
        return highest;
    }

    private static async Task<(Dictionary<string, int> Ids, uint Highest)> ReadAsync(FacteurServer server, string user)
    {
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {user} chaos-password");
        await imap.ImapAsync("EXAMINE INBOX");
        var ids = new Dictionary<string, int>();
        uint highest = 0;
        foreach (var line in await imap.ImapAsync("UID SEARCH ALL"))
            if (line.StartsWith("* SEARCH ", StringComparison.Ordinal)) highest = uint.Parse(line[(line.LastIndexOf(' ') + 1)..]);
        if (highest == 0) return (ids, 0);
        await foreach (var message in imap.ImapBodiesAsync("1:*"))
        {
            var text = Encoding.ASCII.GetString(message);
            var id = MessageId().Match(text).Groups[1].Value;
            ids[id] = ids.GetValueOrDefault(id) + 1;
            var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            Assert.Equal(DigestField().Match(text).Groups[1].Value, Digest(Encoding.ASCII.GetBytes(body)));
        }
        return (ids, highest);
    }

    /// <summary>What the server said it has, and a bell for every so many.</summary>
    private sealed class Acknowledgements
    {
        private readonly Lock gate = new();
        private TaskCompletionSource? bell;
        private int left;

        public ConcurrentDictionary<string, string> Journal { get; } = new();

        public void Add(string key, string digest)
        {
            Journal[key] = digest;
            Count();
        }

        /// <summary>Something that is kept account of elsewhere.</summary>
        public void Count()
        {
            lock (gate)
                if (--left <= 0) bell?.TrySetResult();
        }

        public Task WaitAsync(int more)
        {
            lock (gate)
            {
                left = more;
                bell = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return bell.Task.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
    }

    [GeneratedRegex("Message-ID: <([0-9a-f]{32})@", RegexOptions.None, 1000)]
    private static partial Regex MessageId();

    [GeneratedRegex("X-Digest: ([0-9A-F]{64})", RegexOptions.None, 1000)]
    private static partial Regex DigestField();
}
