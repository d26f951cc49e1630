using System.Security.Cryptography;
using System.Text;

namespace Facteur.IntegrationTests;

/// <summary>Ten thousand messages of every shape come in by SMTP and go out by IMAP and POP3 as the same bytes.</summary>
public sealed class MboxTests(SharedServer shared)
{
    private const int Messages = 10_000;
    private readonly FacteurServer server = shared.Server;

    [Fact]
    public async Task Ten_thousand_messages_arrive_byte_for_byte()
    {
        await server.AddAccountAsync("mbox@demo.test", "mbox-password");
        var sources = Sources();
        var sent = new Dictionary<int, string>();
        for (var n = 0; n < Messages; n++) sent[n] = Digest(Number(sources[n % sources.Count], n));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(lane => SendAsync(sources, lane, 4)));

        AssertSame(sources, sent, await ReadImapAsync());
        AssertSame(sources, sent, await ReadPop3Async());
    }

    private static void AssertSame(List<byte[]> sources, Dictionary<int, string> sent, Dictionary<int, string> found)
    {
        Assert.Equal(sent.Count, found.Count);
        var other = sent.Where(s => found[s.Key] != s.Value).Select(s => s.Key).Order().Take(20)
            .Select(n => $"{n}: {Encoding.Latin1.GetString(sources[n % sources.Count].AsSpan(0, Math.Min(120, sources[n % sources.Count].Length)))}").ToList();
        Assert.True(other.Count == 0, string.Join("\n", other));
    }

    /// <summary>The corpus' mailboxes and messages with CRLF line ends, as a client would send them.</summary>
    private static List<byte[]> Sources()
    {
        var list = new List<byte[]>();
        foreach (var file in Directory.EnumerateFiles(Programs.Shared("corpus/mime/mbox"), "*.mbox.txt").Order(StringComparer.Ordinal))
            foreach (var message in Encoding.Latin1.GetString(File.ReadAllBytes(file)).Split("\nFrom "))
                if (message.IndexOf('\n') is > 0 and var end) list.Add(Crlf(message[(end + 1)..]));
        foreach (var file in Directory.EnumerateFiles(Programs.Shared("corpus/mime/messages")).Order(StringComparer.Ordinal))
            if (!Path.GetFileName(file).StartsWith("body.", StringComparison.Ordinal)) list.Add(Crlf(Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        foreach (var body in new[] { ".", "..\n.\n", ".x\n", "", "\n\n\n", new string('x', 900) })
            list.Add(Crlf($"Subject: points\nFrom: a@b.test\n\n{body}"));
        Assert.True(list.Count > 40);
        return list;
    }

    private static byte[] Crlf(string latin1)
    {
        var text = latin1.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n";
        // POP3 gives a header without its empty line that line (Outlook hangs without); here it has it from the start.
        return Encoding.Latin1.GetBytes(text.Contains("\r\n\r\n", StringComparison.Ordinal) ? text : text + "\r\n");
    }

    private static byte[] Number(byte[] message, int n) => [.. Encoding.ASCII.GetBytes($"X-Sequence: {n}\r\n"), .. message];

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private async Task SendAsync(List<byte[]> sources, int lane, int lanes)
    {
        await using var smtp = await TestClient.ConnectAsync(server.Port("smtp"));
        await smtp.ExpectAsync("220");
        await smtp.CommandAsync("EHLO mbox.test", "250");
        for (var n = lane; n < Messages; n += lanes)
        {
            await smtp.WriteAsync("MAIL FROM:<mbox@sender.test>\r\nRCPT TO:<mbox@demo.test>\r\nDATA\r\n");
            await smtp.ExpectAsync("250");
            await smtp.ExpectAsync("250");
            await smtp.ExpectAsync("354");
            await smtp.WriteAsync([.. Stuff(Number(sources[n % sources.Count], n)), .. ".\r\n"u8]);
            await smtp.ExpectAsync("250");
        }
        await smtp.CommandAsync("QUIT", "221");
    }

    private static byte[] Stuff(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.StartsWith('.') ? "." + text : text);
    }

    /// <summary>The message from X-Sequence on: what stands before it are trace headers.</summary>
    private static (int Number, string Digest) Check(ReadOnlySpan<byte> stored)
    {
        var at = stored.IndexOf("X-Sequence: "u8);
        Assert.True(at > 0);
        var end = stored[at..].IndexOf("\r\n"u8);
        return (int.Parse(Encoding.ASCII.GetString(stored[(at + 12)..(at + end)])), Digest(stored[at..]));
    }

    private async Task<Dictionary<int, string>> ReadImapAsync()
    {
        var found = new Dictionary<int, string>();
        await using var imap = await TestClient.ConnectAsync(server.Port("imaps"), tls: true);
        await imap.ReadLineAsync();
        await imap.ImapAsync("LOGIN mbox@demo.test mbox-password");
        await imap.ImapAsync("EXAMINE INBOX");
        await foreach (var body in imap.ImapBodiesAsync("1:*"))
        {
            var (number, digest) = Check(body);
            found.Add(number, digest);
        }
        await imap.ImapAsync("LOGOUT");
        return found;
    }

    private async Task<Dictionary<int, string>> ReadPop3Async()
    {
        var found = new Dictionary<int, string>();
        await using var pop = await TestClient.ConnectAsync(server.Port("pop3s"), tls: true);
        await pop.ExpectAsync("+OK");
        await pop.CommandAsync("USER mbox@demo.test", "+OK");
        await pop.CommandAsync("PASS mbox-password", "+OK");
        for (var n = 1; n <= Messages; n++)
        {
            await pop.CommandAsync($"RETR {n}", "+OK");
            using var message = new MemoryStream();
            while (await pop.ReadLineBytesAsync() is { } line && !line.AsSpan().SequenceEqual("."u8))
            {
                message.Write(line.AsSpan(line.AsSpan().StartsWith("."u8) ? 1 : 0));
                message.Write("\r\n"u8);
            }
            var (number, digest) = Check(message.GetBuffer().AsSpan(0, (int)message.Length));
            found.Add(number, digest);
        }
        await pop.CommandAsync("QUIT", "+OK");
        return found;
    }
}
