using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.IntegrationTests.Support;

namespace Facteur.Chaos.QueueStorm;

/// <summary>
/// A queue of many recipients in many domains, some of which are dead, busy or take one connection at a time, while the server is killed
/// again and again: every recipient ends up delivered or returned, and twice at most where a connection was broken in the middle.
/// </summary>
public sealed partial class QueueStormTests(ITestOutputHelper output)
{
    private const string Password = "chaos-password";
    private const int PerMessage = 1_000;

    /// <summary>FACTEUR_CHAOS_RECIPIENTS asks for the full 100,000.</summary>
    private static int Recipients => int.TryParse(Environment.GetEnvironmentVariable("FACTEUR_CHAOS_RECIPIENTS"), out var n) ? n : 5_000;
    private static int Domains => Math.Max(40, Recipients / 50);
    private static int Kills => Recipients > 20_000 ? int.MaxValue : 5;

    private static SinkKind KindOf(int domain) =>
        domain < 3 ? SinkKind.Silent : domain == 3 ? SinkKind.Single : domain < 4 + Domains / 40 ? SinkKind.Busy : SinkKind.Willing;

    private static IPAddress AddressOf(int domain) => KindOf(domain) switch
    {
        SinkKind.Silent => IPAddress.Parse("127.9.0.1"),
        SinkKind.Single => IPAddress.Parse("127.9.0.2"),
        SinkKind.Busy => IPAddress.Parse("127.9.0.3"),
        _ => new IPAddress([127, 9, 1, (byte)(1 + domain % 8)]),
    };

    [Fact]
    [Trait("test", "R-11")]
    [Trait("promise", "P9")]
    public async Task Every_recipient_is_delivered_or_returned_through_every_kill()
    {
        var hosts = Enumerable.Range(0, Domains).Select(domain => (AddressOf(domain), KindOf(domain))).Distinct().ToList();
        await using var sink = new StormSink(hosts, Recipients > 20_000 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(10));
        await using var dns = new StormDns(name => DomainName().Match(name) is { Success: true } match ? AddressOf(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) : null);
        await using var server = new FacteurServer(more: new Dictionary<string, object>
        {
            ["dns"] = new[] { $"127.0.0.1:{dns.Port.ToString(CultureInfo.InvariantCulture)}" },
            ["outbound"] = new Dictionary<string, object> { ["allow"] = new[] { "127.0.0.0/8" }, ["port"] = sink.Port },
        });
        var everybody = Enumerable.Range(0, Recipients).Select(i => $"{(i % 97 == 5 ? "bad" : "u")}{i}@d{i % Domains}.storm.test").ToList();
        var senders = everybody.Chunk(PerMessage).Select((_, n) => $"s{n}@chaos.test").Append("fresh@chaos.test").ToList();
        Assert.Equal(0, (await server.CliAsync("domain", "add", "chaos.test")).ExitCode);
        await server.StartAsync();
        await server.AddAccountsAsync(senders, Password);
        var sessions = new Dictionary<string, TestClient>();
        foreach (var sender in senders) sessions[sender] = await LoginAsync(server, sender);

        // What a server that has sent before holds: code is compiled when it first runs, and the queue is not to answer for that.
        await SubmitAsync(await LoginAsync(server, "fresh@chaos.test"), "fresh@chaos.test", [$"first@d{Domains}.storm.test"]);
        await WaitForAsync(() => sink.Delivered.ContainsKey($"first@d{Domains}.storm.test"), 30);
        var residentBefore = Resident(server);
        var enqueue = Stopwatch.StartNew();
        await Task.WhenAll(everybody.Chunk(PerMessage).Select((recipients, n) => SubmitAsync(sessions[senders[n]], senders[n], recipients)));
        output.WriteLine($"{Recipients} recipients in {Domains} domains in the queue after {enqueue.Elapsed.TotalSeconds:F1} s");
        await SubmitAsync(sessions["fresh@chaos.test"], "fresh@chaos.test", [$"fresh@d{Domains}.storm.test"]);
        var single = Stopwatch.StartNew();
        await WaitForAsync(() => sink.Delivered.ContainsKey($"fresh@d{Domains}.storm.test"), 30);
        output.WriteLine($"a single message arrived after {single.ElapsedMilliseconds} ms; resident {residentBefore} to {Resident(server)} KiB");

        var allowed = await KillAsync(server, sink, everybody);
        sink.Calm();
        await DrainAsync(server);
        Check(sink, everybody, allowed);
        await CheckReportsAsync(server, senders, everybody);
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>Kills the server at points of the work; answers how many connections were broken in all.</summary>
    private async Task<int> KillAsync(FacteurServer server, StormSink sink, List<string> everybody)
    {
        var reachable = everybody.Count(address => !address.StartsWith("bad", StringComparison.Ordinal) && KindOf(DomainOf(address)) is SinkKind.Willing or SinkKind.Single);
        var (broken, kills) = (0, 0);
        for (var round = 1; kills < Kills; round++)
        {
            var goal = Kills == int.MaxValue ? reachable : reachable * round / (Kills + 1);
            await Task.WhenAny(sink.WaitAsync(goal), Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System));
            if (Kills == int.MaxValue && sink.Total >= reachable) break;
            broken += sink.OpenConnections;
            await server.KillAsync();
            kills++;
            await server.StartAsync();
            if (kills == 1) output.WriteLine($"started again with the queue: {Resident(server)} KiB");
        }
        output.WriteLine($"{kills} kills with {broken} connections open, {sink.Total} of {reachable} delivered by then");
        return broken;
    }

    /// <summary>All that waits is sent at once, until nothing waits.</summary>
    private async Task DrainAsync(FacteurServer server)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            await server.CliAsync("queue", "retry", "--all");
            var stats = await server.CliAsync("queue", "stats", "--json");
            if (stats.Output.Trim() == "[]") break;
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), stats.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }
        output.WriteLine($"drained after {clock.Elapsed.TotalSeconds:F1} s; resident {Resident(server)} KiB");
    }

    private void Check(StormSink sink, List<string> everybody, int allowed)
    {
        var lost = everybody.Where(address => !address.StartsWith("bad", StringComparison.Ordinal) && !sink.Delivered.ContainsKey(address)).ToList();
        Assert.True(lost.Count == 0, $"{lost.Count} were not delivered: {string.Join(", ", lost.Take(5))}");
        Assert.DoesNotContain(sink.Delivered.Keys, address => address.StartsWith("bad", StringComparison.Ordinal));
        // A broken connection repeats one message, whatever number of recipients it has.
        output.WriteLine($"{sink.Repeated} messages came once more");
        Assert.InRange(sink.Repeated, 0, allowed);
        Assert.InRange(sink.MostOnSingle, 1, 1);
    }

    /// <summary>Each refused recipient stands in one report to its sender; few reports tell of many.</summary>
    private async Task CheckReportsAsync(FacteurServer server, List<string> senders, List<string> everybody)
    {
        var named = new ConcurrentDictionary<string, int>();
        var reports = 0;
        var bad = everybody.Where(address => address.StartsWith("bad", StringComparison.Ordinal)).ToList();
        var clock = Stopwatch.StartNew();
        while (named.Count < bad.Count && clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            (named, reports) = (new(), 0);
            foreach (var sender in senders)
            {
                await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
                await imap.ReadLineAsync();
                await imap.ImapAsync($"LOGIN {sender} {Password}");
                if (!(await imap.ImapAsync("EXAMINE INBOX")).Exists(line => line.EndsWith(" EXISTS", StringComparison.Ordinal) && line != "* 0 EXISTS")) continue;
                await foreach (var message in imap.ImapBodiesAsync("1:*"))
                {
                    reports++;
                    foreach (Match match in FinalRecipient().Matches(Encoding.UTF8.GetString(message))) named.AddOrUpdate(match.Groups[1].Value, 1, (_, count) => count + 1);
                }
            }
            if (named.Count < bad.Count) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
        output.WriteLine($"{reports} reports about {bad.Count} recipients of {senders.Count - 1} messages");
        Assert.Empty(bad.Except(named.Keys));
        Assert.Empty(named.Keys.Except(bad));
        Assert.All(named.Values, count => Assert.Equal(1, count));
        Assert.InRange(reports, 1, (senders.Count - 1) * 20);
    }

    private static async Task<TestClient> LoginAsync(FacteurServer server, string sender)
    {
        var smtp = await TestClient.ConnectAsync(server.Port("submission"));
        await smtp.ExpectAsync("220");
        await smtp.CommandAsync("EHLO chaos.test", "250");
        await smtp.CommandAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{sender}\0{Password}")), "235");
        return smtp;
    }

    private static async Task SubmitAsync(TestClient smtp, string sender, string[] recipients)
    {
        await using var _ = smtp;
        await smtp.CommandAsync($"MAIL FROM:<{sender}>", "250");
        foreach (var group in recipients.Chunk(200))
        {
            await smtp.WriteAsync(string.Concat(group.Select(address => $"RCPT TO:<{address}>\r\n")));
            foreach (var address in group) await smtp.ExpectAsync("250");
        }
        await smtp.CommandAsync("DATA", "354");
        await smtp.CommandAsync($"From: <{sender}>\r\nTo: undisclosed-recipients:;\r\nSubject: storm\r\n\r\n{new string('x', 70)}\r\n.", "250");
        await smtp.CommandAsync("QUIT", "221");
    }

    private static async Task WaitForAsync(Func<bool> condition, int seconds)
    {
        for (var clock = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), "it did not happen in time");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private static int DomainOf(string address) => int.Parse(DomainName().Match(address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]).Groups[1].Value, CultureInfo.InvariantCulture);

    // What the process holds of its own; pages of the database that are mapped belong to the system's cache.
    private static long Resident(FacteurServer server) =>
        long.Parse(File.ReadLines($"/proc/{server.ProcessId}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^d(\d+)\.storm\.test$", RegexOptions.None, 1000)]
    private static partial Regex DomainName();

    [GeneratedRegex(@"^Final-Recipient: rfc822; (\S+)", RegexOptions.Multiline, 1000)]
    private static partial Regex FinalRecipient();
}
