using System.Text;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private const string Trace = "Return-Path: <bob@far.test>\r\nReceived: from far.test\r\n\tby demo.test; Sat, 14 Mar 2026 10:00:00 +0100\r\n";

    public static TheoryData<string> Prefixes => new(
        "", Trace, "Authentication-Results: demo.test; " + new string('a', 900) + "\r\n" + Trace,
        "Subject: before\r\nTo: carol@demo.test\r\n", "Content-Type: text/html\r\nX: y\r\n", "X: y\r\n\r\n", "X: no end", "\r\n", "no field\r\n",
        "X-Long: " + string.Concat(Enumerable.Repeat(new string('b', 900) + "\r\n ", 60)) + "\r\n");

    /// <summary>Sizes around what is kept in memory, in the database, and in blocks of 32 KiB; headers of all kinds before the body.</summary>
    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Fields_put_before_a_message_at_its_end_are_part_of_it(string fields)
    {
        var prefix = Encoding.UTF8.GetBytes(fields);
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        string[] starts =
        [
            "Subject: un\r\nFrom: ada@demo.test\r\n\r\n", " folded\r\nSubject: deux\r\n\r\n", "\uFEFFSubject: trois\r\n\r\n", "\r\n", "",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nun\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ndeux\r\n--b--\r\n",
        ];
        int[] sizes = [0, 100, 8191 - prefix.Length, 8192 - prefix.Length, 8193 - prefix.Length, 32_768, 65_535, 65_536, 65_537, 98_304, 300_000];
        var random = new Random(fields.Length);
        foreach (var size in sizes)
        {
            var message = Sized(starts[random.Next(starts.Length)], Math.Max(0, size), random);
            await CheckPrefixAsync(inbox, prefix, message, random.Next(1, 70_000));
        }
        foreach (var start in starts) await CheckPrefixAsync(inbox, prefix, Sized(start, 0, random), 1);
    }

    [Fact]
    public async Task A_header_that_fields_before_it_cut_short_is_parsed_as_a_whole()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        var long_ = string.Concat(Enumerable.Range(0, 3000).Select(i => $"X-{i}: {new string('x', 60)}\r\n"));
        foreach (var subject in new[] { "Subject: far\r\n" + long_ + "To: x@demo.test\r\n\r\nbody", long_ + "Subject: far\r\n\r\nbody" })
            await CheckPrefixAsync(inbox, Encoding.ASCII.GetBytes("X-Much: " + new string('m', 50_000) + "\r\n"), Encoding.ASCII.GetBytes(subject), 5000);
    }

    /// <summary>A message that ended and is not complete yet: its facts are the content's, and it can be read from anywhere.</summary>
    private static async Task CheckReadBackAsync(MessageIntake intake, byte[] message)
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(message);
        Assert.Equal(Text(parser.Complete()), Text(await intake.EndAsync(default)));
        Assert.Equal(message, await ReadAllAsync(intake, message.Length));
        Assert.Equal(0, await intake.ReadAsync(message.Length, new byte[10], default));
    }

    /// <summary>Reads from the end to the start, in steps that cross all borders.</summary>
    private static async Task<byte[]> ReadAllAsync(MessageIntake intake, int length)
    {
        var read = new byte[length];
        for (var at = length; at > 0;)
        {
            var first = Math.Max(0, at - 77_777);
            for (var next = first; next < at;) next += await intake.ReadAsync(next, read.AsMemory(next, at - next), default);
            at = first;
        }
        return read;
    }

    private async Task CheckPrefixAsync(Facteur.Storage.Mailbox inbox, byte[] prefix, byte[] message, int step)
    {
        byte[] whole = [.. prefix, .. message];
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(whole);
        var expected = parser.Complete();
        await using var intake = Store.BeginMessage(null);
        for (var at = 0; at < message.Length; at += step) await intake.WriteAsync(message.AsMemory(at, Math.Min(step, message.Length - at)), default);
        await CheckReadBackAsync(intake, message);
        var facts = await intake.CompleteAsync(prefix, default);
        Assert.Equal(Text(expected), Text(facts));
        Assert.Equal(whole.Length, intake.Length);
        Assert.Equal(whole, await ReadAllAsync(intake, whole.Length));
        var entry = Assert.Single((await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(inbox)])], default)).Entries);
        await using var reader = Store.ReadEmails(inbox.Id, Uids(entry.Uid), EmailFields.Parts);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal(whole.Length, reader.Size);
        Assert.Equal(expected.Parts.ToArray(), reader.Parts.ToArray());
        Assert.Equal(whole, await BodyAsync(reader.Body, step));
    }

    private static byte[] Sized(string start, int size, Random random)
    {
        var message = Encoding.UTF8.GetBytes(start);
        var length = message.Length;
        if (length < size) Array.Resize(ref message, size);
        for (var i = length; i < message.Length; i++) message[i] = i % 78 == 77 ? (byte)'\n' : (byte)('a' + random.Next(26));
        return message;
    }

    private static string Text(MessageFacts facts) => string.Join('\n',
        facts.Size, facts.HeaderSize, Convert.ToHexString(facts.Parts.Span), Encoding.UTF8.GetString(facts.Envelope.Span),
        Encoding.UTF8.GetString(facts.BodyStructure.Span), facts.Preview, Convert.ToHexString(facts.FoldedHeaders.Span), facts.Subject,
        facts.BaseSubject, facts.SentDate, facts.MessageId, string.Join(' ', facts.References), facts.HasAttachment);
}
