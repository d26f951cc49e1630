using System.Diagnostics;
using System.Globalization;
using Facteur.IntegrationTests.Support;

namespace Facteur.Chaos.Poison;

/// <summary>Messages made to cost come in by SMTP and by APPEND, are looked at as clients do, and searched: bounded, and no octet is lost.</summary>
[Trait("test", "R-12")]
[Trait("promise", "P10")]
public sealed class PoisonCorpusTests(ITestOutputHelper output)
{
    /// <summary>What of quadratic or exponential time does not end within, whatever the machine: time of the processor, for one message on all its ways.</summary>
    private static readonly TimeSpan Endless = TimeSpan.FromMinutes(1);

    /// <summary>Over what one message may take (64 MiB), since the collector takes its time, and under what one takes that is blown up.</summary>
    private const long MaxGrowthKiB = 192 * 1024;

    [Fact]
    public async Task Each_is_stored_verbatim_and_bounded_in_time_and_memory()
    {
        await using var server = new FacteurServer();
        Assert.Equal(0, (await server.CliAsync("domain", "add", "chaos.test")).ExitCode);
        await server.AddAccountAsync("a@chaos.test", "chaos-password");
        await server.StartAsync();
        using var process = Process.GetProcessById(server.ProcessId);
        await using var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync("LOGIN a@chaos.test chaos-password");
        await imap.ImapAsync("CREATE Appended");
        var before = Resident(server);
        var counts = new Dictionary<string, int> { ["INBOX"] = 0, ["Junk"] = 0, ["Appended"] = 0 };
        foreach (var (name, message) in PoisonCorpus.All())
        {
            var spent = Spent(process);
            await DeliverAsync(server, message);
            await AppendAsync(imap, message);
            var looked = 0;
            foreach (var mailbox in counts.Keys.ToList())
            {
                var count = Exists(await imap.ImapAsync($"SELECT {mailbox}"));
                if (count == counts[mailbox]) continue; // what is delivered is in the inbox or taken for junk
                Assert.Equal(counts[mailbox] + 1, count);
                counts[mailbox] = count;
                await LookAsync(imap, count, message, name, mailbox == "Appended");
                looked++;
            }
            Assert.Equal(2, looked);
            spent = Spent(process) - spent;
            output.WriteLine($"{name}: {message.Length.ToString("N0", CultureInfo.InvariantCulture)} octets, {spent.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)} ms of the processor, {(Resident(server) - before) / 1024} MiB more");
            Assert.True(spent < Endless, $"{name}: {spent}");
            Assert.True(Resident(server) - before < MaxGrowthKiB, $"{name}: {Resident(server) - before} KiB more than before");
        }
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task DeliverAsync(FacteurServer server, byte[] message)
    {
        await using var smtp = await TestClient.ConnectAsync(server.Port("smtp"));
        await smtp.ExpectAsync("220");
        await smtp.CommandAsync("EHLO sender.test", "250");
        await smtp.CommandAsync("MAIL FROM:<x@sender.test> BODY=8BITMIME", "250");
        await smtp.CommandAsync("RCPT TO:<a@chaos.test>", "250");
        await smtp.CommandAsync("DATA", "354");
        await smtp.WriteAsync(message);
        await smtp.WriteAsync(".\r\n");
        await smtp.ExpectAsync("250");
    }

    private static async Task AppendAsync(TestClient imap, byte[] message)
    {
        await imap.WriteAsync($"a APPEND Appended {{{message.Length}+}}\r\n");
        await imap.WriteAsync(message);
        await imap.WriteAsync("\r\n");
        while (await imap.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("a ", StringComparison.Ordinal)) continue;
            Assert.StartsWith("a OK", line, StringComparison.Ordinal);
            return;
        }
        throw new EndOfStreamException("APPEND");
    }

    /// <summary>What clients ask for, then the source: of the appended one the same octets, of the delivered one the same below what the server put before it.</summary>
    private static async Task LookAsync(TestClient imap, int number, byte[] message, string name, bool isWhole)
    {
        await imap.ImapAsync($"FETCH {number} (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE)");
        await imap.ImapAsync("SEARCH BODY \"text\"");
        var found = await imap.ImapAsync("SEARCH SUBJECT \"poison\"");
        Assert.Contains(found, line => line.StartsWith("* SEARCH", StringComparison.Ordinal) && line.EndsWith($" {number}", StringComparison.Ordinal));
        var sources = 0;
        await foreach (var source in imap.ImapBodiesAsync($"{number}"))
        {
            Assert.True(isWhole ? source.AsSpan().SequenceEqual(message) : source.AsSpan().EndsWith(message), $"{name} is not as it came");
            sources++;
        }
        Assert.Equal(1, sources);
    }

    private static int Exists(List<string> lines) =>
        int.Parse(lines.First(line => line.EndsWith(" EXISTS", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    private static TimeSpan Spent(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static long Resident(FacteurServer server) =>
        long.Parse(File.ReadLines($"/proc/{server.ProcessId}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
