using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Pop3;

/// <summary>A unique-id stays with its message, so that no program fetches anything twice.</summary>
public sealed class UidlTests
{
    [Fact]
    public async Task Unique_ids_stay_through_restart_and_move_away_and_back()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n", popUidl: "QhdPYR:00WBw1Ph7x7");
        var before = await server.UidlAsync();
        server.Restart();
        Assert.Equal(before, await server.UidlAsync());
        var other = await server.MailboxAsync("Ailleurs");
        await server.Store.MoveAsync(server.Inbox.Id, [UidRange.All], other.Id, default);
        Assert.Empty(await server.UidlAsync());
        await server.Store.MoveAsync(other.Id, [UidRange.All], server.Inbox.Id, default);
        Assert.Equal(before, await server.UidlAsync());
    }

    [Fact]
    public async Task Unique_ids_stay_when_a_program_moves_by_copy_and_delete()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n", popUidl: "QhdPYR:00WBw1Ph7x7");
        var before = await server.UidlAsync();
        var other = await server.MailboxAsync("Ailleurs");
        await server.Store.CopyAsync(server.Inbox.Id, [UidRange.All], other.Id, default);
        await server.Store.ExpungeAsync(server.Inbox.Id, [UidRange.All], onlyDeleted: false, default);
        await server.Store.CopyAsync(other.Id, [UidRange.All], server.Inbox.Id, default);
        await server.Store.ExpungeAsync(other.Id, [UidRange.All], onlyDeleted: false, default);
        Assert.Equal(before, await server.UidlAsync());
    }

    [Fact] // RFC 1939 §7, UIDL: never two alike in one maildrop
    public async Task Copies_have_ids_of_their_own_that_stay_too()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n", popUidl: "old~1");
        await server.Store.CopyAsync(server.Inbox.Id, [UidRange.All], server.Inbox.Id, default);
        var all = await server.UidlAsync();
        Assert.Equal(6, all.Distinct().Count());
        await server.ExpungeAsync(1);
        Assert.Equal(all.Skip(1), await server.UidlAsync());
        server.Restart();
        Assert.Equal(all.Skip(1), await server.UidlAsync());
    }

    [Fact]
    public async Task An_account_that_moved_here_keeps_its_ids_and_new_mail_gets_none_of_them()
    {
        await using var former = await Pop3Server.StartAsync();
        var brought = await former.UidlAsync();
        former.Time.Advance(TimeSpan.FromDays(1));
        await using var server = await Pop3Server.StartAsync(empty: true, at: former.Time.GetUtcNow());
        foreach (var uidl in brought.Reverse()) await server.DeliverAsync($"Subject: {uidl}\r\n\r\nx\r\n", popUidl: uidl);
        for (var i = 0; i < 5; i++) await server.DeliverAsync("Subject: Nouveau\r\n\r\nx\r\n");
        var uidls = await server.UidlAsync();
        Assert.Equal(brought.Reverse(), uidls.Take(2));
        Assert.Equal(7, uidls.Distinct().Count());
        Assert.Empty(uidls.Skip(2).Intersect(brought));
    }

    [Fact]
    public async Task What_a_former_host_kept_against_the_rules_is_replaced()
    {
        await using var server = await Pop3Server.StartAsync(empty: true);
        await server.DeliverAsync("Subject: Un\r\n\r\nx\r\n", popUidl: "with space");
        await server.DeliverAsync("Subject: Deux\r\n\r\nx\r\n", popUidl: new string('x', 71));
        Assert.All(await server.UidlAsync(), uidl => Assert.Matches(@"^F\d+\.[0-9a-z]+$", uidl));
        await server.ConverseAsync("S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS: +OK *\nC: UIDL\nS: +OK *\nS: 1 F*\nS: 2 F*\nS: .");
    }

    [Fact]
    public async Task Thousands_of_kept_ids_are_listed_as_they_are()
    {
        await using var server = await Pop3Server.StartAsync(empty: true);
        await server.DeliverAsync(Enumerable.Range(1, 1100).Select(i => ("Subject: Un\r\n\r\nx\r\n", i % 3 == 0 ? null : (string?)$"old-{i}")));
        await server.ExpungeAsync(5);
        var lines = string.Concat(Enumerable.Range(1, 1099).Select(n => (Number: n, Old: n < 5 ? n : n + 1)).Select(m => m.Old % 3 == 0 ? $"S: {m.Number} F*\n" : $"S: {m.Number} old-{m.Old}\n"));
        await server.ConverseAsync("S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS: +OK *\nC: UIDL\nS: +OK *\n" + lines + "S: .");
    }
}
