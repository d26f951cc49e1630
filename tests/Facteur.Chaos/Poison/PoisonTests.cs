using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Facteur.Chaos.QueueStorm;
using Facteur.IntegrationTests.Support;

namespace Facteur.Chaos.Poison;

/// <summary>A message on which the process dies, whatever it does with it: after three times it is put aside, and the others flow.</summary>
[Trait("test", "R-12")]
[Trait("promise", "P10")]
public sealed partial class PoisonTests(ITestOutputHelper output)
{
    private const string Password = "chaos-password";
    private const int Crashes = 3;
    private const int Others = 40;
    private const int Domains = 8;

    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(3);

    /// <summary>The peer kills the server whenever the message is offered: what a fault in sending it would do, by the hardest means there is.</summary>
    [Fact]
    public async Task A_message_whose_sending_ends_the_server_is_held_and_all_others_arrive()
    {
        await using var killer = new Killer();
        var hosts = Enumerable.Range(0, Domains).Select(domain => (AddressOf(domain), SinkKind.Willing)).ToList();
        await using var sink = new StormSink(hosts, TimeSpan.FromMilliseconds(5)) { Offered = killer.OfferAsync };
        await using var dns = new StormDns(name => DomainName().Match(name) is { Success: true } match ? AddressOf(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) : null);
        await using var server = new FacteurServer(more: new Dictionary<string, object>
        {
            ["dns"] = new[] { $"127.0.0.1:{dns.Port.ToString(CultureInfo.InvariantCulture)}" },
            ["outbound"] = new Dictionary<string, object> { ["allow"] = new[] { "127.0.0.0/8" }, ["port"] = sink.Port },
        });
        await AddAsync(server, "post@chaos.test", "sender@chaos.test");
        await server.StartAsync();
        await using (var smtp = await LoginAsync(server, "sender@chaos.test"))
        {
            // One goes to hosts that take it and to one that does not live to hear of it.
            await SubmitAsync(smtp, "sender@chaos.test", "first@d1.storm.test", "poison@d2.storm.test", "last@d3.storm.test");
            for (var i = 0; i < Others; i++) await SubmitAsync(smtp, "sender@chaos.test", $"u{i}@d{i % Domains}.storm.test");
        }
        var broken = 0;
        for (var crash = 1; crash <= Crashes; crash++)
        {
            await killer.OfferedAsync();
            broken += sink.OpenConnections;
            await server.KillAsync();
            killer.Forget();
            await server.StartAsync();
            Assert.Contains("in the middle of work on", server.Log, StringComparison.Ordinal);
        }
        await server.WaitLogAsync("is in quarantine");
        await using (var smtp = await LoginAsync(server, "sender@chaos.test")) await SubmitAsync(smtp, "sender@chaos.test", "fresh@d2.storm.test");
        string[] all = [.. Enumerable.Range(0, Others).Select(i => $"u{i}@d{i % Domains}.storm.test"), "fresh@d2.storm.test"];
        await sink.UntilAsync(() => all.All(sink.Delivered.ContainsKey)).WaitAsync(Hanging);
        var held = await HeldAsync(server);
        Assert.Contains(held, item => item.To == "poison@d2.storm.test");
        Assert.All(held, item => Assert.Equal("in quarantine: the server ended 3 times while it was at work on this message; \"release\" tries again", item.Reason));
        Assert.False(sink.Delivered.ContainsKey("poison@d2.storm.test"));
        Assert.InRange(sink.Repeated, 0, broken);
        output.WriteLine($"{Crashes} kills with {broken} connections open, {sink.Repeated} messages came twice");
        await CheckNoticeAsync(server, "post@chaos.test", $"facteur queue release {held[0].Id.ToString(CultureInfo.InvariantCulture)}");

        // The fault is mended: a release by hand sends it, to each of those that did not have it once.
        killer.Mend();
        Assert.Equal(0, (await server.CliAsync("queue", "release", held[0].Id.ToString(CultureInfo.InvariantCulture))).ExitCode);
        await sink.UntilAsync(() => sink.Delivered.ContainsKey("poison@d2.storm.test") && sink.Delivered.ContainsKey("first@d1.storm.test") && sink.Delivered.ContainsKey("last@d3.storm.test")).WaitAsync(Hanging);
        Assert.Equal(1, sink.Delivered["poison@d2.storm.test"]);
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>The stack overflows whenever the text of one email is read, in a search and beside the deliveries.</summary>
    [Fact]
    public async Task An_email_whose_text_ends_the_server_is_left_out_of_searches_and_the_others_are_found()
    {
        await using var server = new FacteurServer();
        await AddAsync(server, "post@chaos.test", "reader@chaos.test");
        await server.StartAsync();
        var marker = Guid.NewGuid().ToString("N");
        await DeliverAsync(server, "reader@chaos.test", "needle one");
        await DeliverAsync(server, "reader@chaos.test", $"needle {marker}\r\n" + string.Concat(Enumerable.Repeat("a line of a longer message, so that it is kept in a pack\r\n", 500)));
        await DeliverAsync(server, "reader@chaos.test", "needle three");
        Assert.Equal(0, await server.StopAsync());
        Damage(Path.Combine(server.Folder, "data"), marker);

        var faulty = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(PoisonTests).Assembly.Location };
        for (var crash = 1; crash <= Crashes; crash++)
        {
            await server.StartAsync(faulty);
            // By a search, and the last time by the index that is kept when the store is quiet.
            if (crash < Crashes) await Assert.ThrowsAsync<EndOfStreamException>(() => SearchAsync(server));
            else await DeliverAsync(server, "reader@chaos.test", "needle four");
            Assert.NotEqual(0, await server.WaitExitAsync());
            Assert.Contains("Stack overflow", server.Log, StringComparison.Ordinal);
        }
        await server.StartAsync(faulty);
        Assert.Equal("* SEARCH 1 3 4", await SearchAsync(server));
        Assert.Contains("is in quarantine", server.Log, StringComparison.Ordinal);
        await CheckNoticeAsync(server, "post@chaos.test", "reader@chaos.test");
        await DeliverAsync(server, "reader@chaos.test", "needle five");
        Assert.Equal("* SEARCH 1 3 4 5", await SearchAsync(server));
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(1, server.Log.Split("is in quarantine").Length - 1);
    }

    private static IPAddress AddressOf(int domain) => new([127, 9, 2, (byte)(1 + domain)]);

    private static async Task AddAsync(FacteurServer server, params string[] accounts)
    {
        Assert.Equal(0, (await server.CliAsync("domain", "add", "chaos.test")).ExitCode);
        foreach (var account in accounts) await server.AddAccountAsync(account, Password);
    }

    private static async Task<TestClient> LoginAsync(FacteurServer server, string sender)
    {
        var smtp = await TestClient.ConnectAsync(server.Port("submission"));
        await smtp.ExpectAsync("220");
        await smtp.CommandAsync("EHLO chaos.test", "250");
        await smtp.CommandAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{sender}\0{Password}")), "235");
        return smtp;
    }

    private static async Task SubmitAsync(TestClient smtp, string sender, params string[] recipients)
    {
        await smtp.CommandAsync($"MAIL FROM:<{sender}>", "250");
        foreach (var recipient in recipients) await smtp.CommandAsync($"RCPT TO:<{recipient}>", "250");
        await smtp.CommandAsync("DATA", "354");
        await smtp.CommandAsync($"From: <{sender}>\r\nTo: undisclosed-recipients:;\r\nSubject: poison\r\n\r\ntext\r\n.", "250");
    }

    private static async Task DeliverAsync(FacteurServer server, string recipient, string text)
    {
        await using var smtp = await TestClient.ConnectAsync(server.Port("smtp"));
        await smtp.ExpectAsync("220");
        await smtp.CommandAsync("EHLO sender.test", "250");
        await smtp.CommandAsync("MAIL FROM:<x@sender.test>", "250");
        await smtp.CommandAsync($"RCPT TO:<{recipient}>", "250");
        await smtp.CommandAsync("DATA", "354");
        await smtp.CommandAsync($"From: <x@sender.test>\r\nSubject: chaos\r\n\r\n{text}\r\n.", "250");
    }

    private static async Task<string> SearchAsync(FacteurServer server)
    {
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN reader@chaos.test {Password}");
        await imap.ImapAsync("EXAMINE INBOX");
        return (await imap.ImapAsync("SEARCH BODY needle")).Single(line => line.StartsWith("* SEARCH", StringComparison.Ordinal));
    }

    private static async Task<List<(long Id, string To, string Reason)>> HeldAsync(FacteurServer server)
    {
        using var list = JsonDocument.Parse((await server.CliAsync("queue", "list", "--state", "held", "--json")).Output);
        return [.. list.RootElement.GetProperty("items").EnumerateArray()
            .Select(item => (item.GetProperty("id").GetInt64(), item.GetProperty("to").GetString()!, item.GetProperty("lastAnswer").GetString()!))];
    }

    private static async Task CheckNoticeAsync(FacteurServer server, string postmaster, string says)
    {
        await server.WaitLogAsync("postmaster@chaos.test is told of 1 messages");
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {postmaster} {Password}");
        await imap.ImapAsync("EXAMINE INBOX");
        var notices = new List<string>();
        await foreach (var message in imap.ImapBodiesAsync("1:*")) notices.Add(Encoding.UTF8.GetString(message).Replace("=\r\n", "", StringComparison.Ordinal));
        Assert.Contains(says, Assert.Single(notices), StringComparison.Ordinal);
    }

    /// <summary>Turns one octet of a message, and removes the texts of searches so that it is read again.</summary>
    private static void Damage(string data, string marker)
    {
        var texts = Path.Combine(data, "search");
        if (Directory.Exists(texts)) Directory.Delete(texts, recursive: true); // not there unless the store was quiet for long enough
        var isDamaged = false;
        foreach (var pack in Directory.EnumerateFiles(Path.Combine(data, "packs")))
        {
            using var file = File.Open(pack, FileMode.Open, FileAccess.ReadWrite);
            var start = new byte[(int)Math.Min(file.Length, 1024 * 1024)];
            file.ReadExactly(start);
            var at = start.AsSpan().IndexOf(Encoding.ASCII.GetBytes(marker));
            if (at < 0) continue;
            file.Position = at;
            file.WriteByte((byte)(start[at] ^ 1));
            isDamaged = true;
        }
        Assert.True(isDamaged, "the message is in no pack");
    }

    [GeneratedRegex(@"^d(\d+)\.storm\.test$", RegexOptions.None, 1000)]
    private static partial Regex DomainName();
}
