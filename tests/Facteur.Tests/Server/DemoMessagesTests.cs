using System.Security.Cryptography;
using Facteur.Mail;
using Facteur.Server.Demo;

namespace Facteur.Tests.Server;

public class DemoMessagesTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 10, 0, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(300)]
    public void As_many_as_asked_for_oldest_first_and_none_from_the_future(int count)
    {
        var messages = DemoMessages.Generate(Now, count).ToList();
        Assert.Equal(count, messages.Count);
        Assert.Equal(messages.OrderBy(message => message.Date), messages);
        Assert.All(messages, message => Assert.True(message.Date <= Now));
        Assert.All(messages, message => Assert.Contains(message.Mailbox, new[] { "INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive" }));
    }

    [Fact]
    public async Task The_same_octets_each_time()
    {
        Assert.Equal(await Hash(), await Hash());

        static async Task<string> Hash()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var message in DemoMessages.Generate(Now, 300))
                hash.AppendData(await Written(message));
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    [Fact]
    public async Task They_are_as_varied_as_real_mail()
    {
        var facts = new List<(DemoMessage Message, MessageFacts Facts)>();
        var octets = 0L;
        foreach (var message in DemoMessages.Generate(Now, 300))
        {
            var written = await Written(message);
            octets += written.Length;
            var parser = new MimeParser(MimeLimits.Default);
            parser.Write(written);
            facts.Add((message, parser.Complete()));
        }
        Assert.InRange(octets, 6_500_000, 12_000_000);
        Assert.InRange(facts.Count(one => one.Message.Mailbox == "INBOX"), 130, 230);
        Assert.InRange(facts.Count(one => one.Message.Mailbox == "Sent"), 30, 100);
        Assert.True(facts.Count(one => !one.Message.Seen) is > 10 and < 80);
        Assert.True(facts.Count(one => one.Message.Flagged) >= 3);
        Assert.True(facts.Count(one => one.Facts.References.Count > 0) > 80);
        Assert.True(facts.Count(one => one.Facts.HasAttachment) > 10);
        Assert.Contains(facts, one => one.Facts.Size > 5_000_000);
        Assert.Contains(facts, one => one.Facts.SentDate is null);
        foreach (var subject in new[] { "会議のお知らせ", "Привет из Петербурга", "Œuvres complètes à 20 €", "회의 일정 안내", "Invitation : Réunion budget", "日本語のファイル名" })
            Assert.Contains(facts, one => one.Facts.Subject == subject);
        // Every answer finds what it answers.
        var ids = facts.Select(one => one.Facts.MessageId).ToHashSet();
        Assert.Equal(ids.Count, facts.Count(one => one.Facts.MessageId is not null) + (ids.Contains(null) ? 1 : 0));
        Assert.All(facts.Where(one => one.Facts.References.Count > 0), one => Assert.True(one.Facts.References.All(ids.Contains)));
    }

    private static async Task<byte[]> Written(DemoMessage message)
    {
        var output = new MemoryStream();
        await message.WriteAsync(output, TestContext.Current.CancellationToken);
        return output.ToArray();
    }
}
