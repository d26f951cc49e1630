using Facteur.Pop3;
using Facteur.Pop3.Maildrops;
using Facteur.Storage;

namespace Facteur.Tests.Pop3;

/// <summary>Maildrops beside what else happens to their mailbox, and over many messages.</summary>
public sealed class MaildropTests
{
    private const string Login = "S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS: +OK *\n";

    [Fact]
    public async Task A_message_expunged_by_imap_during_the_session_is_still_sent()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.ConverseAsync(Login + """
            !: expunge
            C: STAT
            S: +OK 2 94
            C: RETR 1
            S: +OK *
            S: From: ami@demo.test
            S: Subject: Un
            S:
            S: Bonjour
            S: .
            C: DELE 1
            S: +OK *
            C: QUIT
            S: +OK goodbye
            """);
        Assert.Equal(1, await server.CountAsync());
    }

    [Fact]
    public async Task An_index_follows_what_comes_goes_and_changes()
    {
        await using var server = await Pop3Server.StartAsync(empty: true);
        var random = new Random(7);
        var cache = new MaildropCache(1_000_000);
        for (var round = 0; round < 60; round++)
        {
            for (var i = random.Next(4); i > 0; i--) await server.DeliverAsync($"Subject: {round}\r\n\r\n{new string('x', random.Next(200))}\r\n");
            var inbox = await server.MailboxAsync("INBOX");
            if (random.Next(3) == 0) await server.ExpungeAsync((uint)random.Next(1, (int)inbox.UidNext));
            if (random.Next(3) == 0) await server.Store.StoreFlagsAsync(inbox.Id, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
            inbox = await server.MailboxAsync("INBOX");
            var part = (await MaildropPart.OpenAsync(server.Store, cache, inbox, default, default))!;
            var fresh = (await MaildropPart.OpenAsync(server.Store, new MaildropCache(0), inbox, default, default))!;
            Assert.Equal(fresh.Entries, part.Entries);
            Assert.Equal((inbox.Messages, inbox.Size), (part.Count, part.Octets));
        }
    }

    [Fact]
    public async Task Sessions_that_share_an_index_keep_what_they_saw()
    {
        await using var server = await Pop3Server.StartAsync();
        var first = await server.OpenAsync();
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n");
        var second = await server.OpenAsync();
        await server.ExpungeAsync(1);
        await server.DeliverAsync("Subject: Quatre\r\n\r\nx\r\n");
        var third = await server.OpenAsync();
        Assert.Equal((2, 3, 3), (first.Count, second.Count, third.Count));
        Assert.Equal([1u, 2u], first.Parts[0].Entries.ToArray().Select(entry => entry.Uid.Value));
        Assert.Equal([1u, 2u, 3u], second.Parts[0].Entries.ToArray().Select(entry => entry.Uid.Value));
        Assert.Equal([2u, 3u, 4u], third.Parts[0].Entries.ToArray().Select(entry => entry.Uid.Value));
    }

    [Fact]
    public async Task A_long_mailbox_is_counted_at_login_and_listed_as_it_was_then()
    {
        await using var server = await Pop3Server.StartAsync(new Pop3Options { PlaintextOnLoopback = true, RememberedMessages = 100 }, empty: true);
        await server.DeliverAsync("Subject: Un\r\n\r\nx\r\n");
        // Doubled within the store, each step by COPY.
        for (var i = 0; i < 14; i++) await server.Store.CopyAsync(server.Inbox.Id, [UidRange.All], server.Inbox.Id, default);
        var maildrop = await Maildrop.OpenAsync(server.Store, new MaildropCache(100), server.Moi, new(), default);
        Assert.Equal((16384, 16384L * 18), (maildrop.Count, maildrop.Octets));
        Assert.False(maildrop.Parts[0].IsLoaded);
        await server.Store.ExpungeAsync(server.Inbox.Id, [new UidRange(10, 12), new UidRange(16384, 16384)], onlyDeleted: false, default);
        await server.DeliverAsync("Subject: Deux\r\n\r\nx\r\n");
        await maildrop.LoadAsync(default);
        Assert.Equal((16380, 16380L * 18), (maildrop.Count, maildrop.Octets));
        Assert.Equal(9u, maildrop[9].Uid.Value);
        Assert.Equal(13u, maildrop[13].Uid.Value);
        Assert.Equal(16383u, maildrop[16383].Uid.Value);
        Assert.Throws<Pop3RefusedException>(() => maildrop[10]);
        Assert.Throws<Pop3RefusedException>(() => maildrop[16384]);
        maildrop.MarkDeleted(1);
        maildrop.Reset();
        Assert.Equal((16380, 16380L * 18), (maildrop.Count, maildrop.Octets));
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 16381 *\nC: TOP 16381 0\nS: +OK *\nS: Subject: Deux\nS:\nS: .\nC: QUIT\nS: +OK *");
    }

    [Fact]
    public async Task Many_messages_are_fetched_in_order_and_out_of_it()
    {
        await using var server = await Pop3Server.StartAsync(empty: true);
        await server.DeliverAsync(Enumerable.Range(1, 150).Select(i => ($"Subject: {i}\r\n\r\n{new string('x', i * 97 % 9000)}\r\n", (string?)null)));
        int[] order = [.. Enumerable.Range(1, 150), 3, 2, 1, 150, 77, 78, 79, 5];
        var script = string.Concat(order.Select(n => $"S: +OK *\nS: Subject: {n}\nS:\nS: {new string('x', n * 97 % 9000)}\nS: .\n"));
        await server.ConverseAsync(Login + string.Concat(order.Select(n => $"C: RETR {n}\n")) + script);
        await server.ConverseAsync(Login + string.Concat(order.Take(40).Select(n => $"C: RETR {n}\nS: +OK *\nS: Subject: {n}\nS:\nS: {new string('x', n * 97 % 9000)}\nS: .\n")));
    }

    [Fact]
    public void What_is_in_the_cache_is_bounded_by_messages()
    {
        var cache = new MaildropCache(1000);
        for (var i = 1; i <= 100; i++) cache.Keep(new(new MailboxId(i), default), Index(30));
        Assert.Null(cache.Find(new(new MailboxId(80), default)));
        Assert.NotNull(cache.Find(new(new MailboxId(81), default)));
        cache.Keep(new(new MailboxId(200), default), Index(2000));
        Assert.Null(cache.Find(new(new MailboxId(200), default)));
        Assert.NotNull(cache.Find(new(new MailboxId(81), default)));
    }

    private static MaildropIndex Index(int messages) => MaildropIndex.Of(new MaildropEntry[messages], new Mailbox
    {
        Id = new MailboxId(1), Account = new AccountId(1), Name = "INBOX", Role = MailboxRole.Inbox, Selectable = true, Subscribed = true, UidValidity = 1, UidNext = 1,
        HighestModSeq = new ModSeq(1), Messages = messages, Unseen = 0, Deleted = 0, Size = 0, DeletedSize = 0,
    });
}
