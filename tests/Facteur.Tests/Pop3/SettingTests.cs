using Facteur.Accounts;
using Facteur.Pop3;
using Facteur.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Pop3;

/// <summary>What an account may choose of POP3.</summary>
public sealed class SettingTests
{
    private const string Login = "S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS: +OK *\n";
    private const string Quit = "C: QUIT\nS: +OK goodbye\nS: <closed>\n";

    [Fact]
    public async Task From_now_on_shows_what_came_after_the_mark()
    {
        await using var server = await Pop3Server.StartAsync();
        var last = await server.DeliverAsync("Subject: Ancien\r\n\r\nx\r\n");
        await server.SetAsync(new PopSetting(PopScope.FromNow, last.Value));
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 0 0\n" + Quit);
        await server.DeliverAsync("Subject: Nouveau\r\n\r\ny\r\n");
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 1 23\nC: RETR 1\nS: +OK *\nS: Subject: Nouveau\nS:\nS: y\nS: .\n" + Quit);
        // An old message that comes back into the inbox is old all the same.
        var archive = await server.MailboxAsync("Archive");
        await server.Store.MoveAsync(server.Inbox.Id, [new UidRange(1, 1)], archive.Id, default);
        await server.Store.MoveAsync(archive.Id, [UidRange.All], server.Inbox.Id, default);
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 1 23\n" + Quit);
    }

    [Fact]
    public async Task Off_is_told()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(PopScope.Off));
        await server.ConverseAsync("S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS soleil-42-papier\nS~: -ERR \\[(SYS/PERM|AUTH)\\] .*\n");
    }

    [Fact]
    public async Task Named_folders_follow_the_inbox()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.DeliverAsync("Subject: Facture\r\n\r\nz\r\n", mailbox: "Factures");
        await server.SetAsync(new PopSetting(Folders: ["Factures", "inbox", "Not there"]));
        await server.ConverseAsync(Login + """
            C: LIST
            S: +OK 3 messages (117 octets)
            S: 1 45
            S: 2 49
            S: 3 23
            S: .
            C: RETR 3
            S: +OK *
            S: Subject: Facture
            S:
            S: z
            S: .
            C: DELE 3
            S: +OK *
            C: DELE 1
            S: +OK *

            """ + Quit);
        Assert.Equal(1, await server.CountAsync());
        Assert.Equal(0, (await server.MailboxAsync("Factures")).Messages);
    }

    [Theory]
    [InlineData(PopAfterDownload.Keep)]
    [InlineData(PopAfterDownload.MarkRead)]
    [InlineData(PopAfterDownload.Archive)]
    [InlineData(PopAfterDownload.Delete)]
    public async Task What_was_fetched_whole_is_treated_as_its_owner_wants_at_quit_alone(PopAfterDownload after)
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(AfterDownload: after));
        const string fetch = Login + "C: RETR 1\nS: +OK *\nS: From: ami@demo.test\nS: Subject: Un\nS:\nS: Bonjour\nS: .\nC: TOP 2 0\nS: +OK *\nS: From: ami@demo.test\nS: Subject: Deux\nS:\nS: .\n";
        await server.ConverseAsync(fetch + "C: <close>\nS: <closed>");
        await server.ConverseAsync(fetch + "C: <abort>");
        Assert.Equal((2, 2), ((await server.MailboxAsync("INBOX")).Messages, (await server.MailboxAsync("INBOX")).Unseen));
        await server.ConverseAsync(fetch + Quit);
        var (inbox, archive) = (await server.MailboxAsync("INBOX"), await server.MailboxAsync("Archive"));
        Assert.Equal(after is PopAfterDownload.Keep or PopAfterDownload.MarkRead ? 2 : 1, inbox.Messages);
        Assert.Equal(after == PopAfterDownload.Keep ? 2 : 1, inbox.Unseen);
        Assert.Equal(after == PopAfterDownload.Archive ? 1 : 0, archive.Messages);
    }

    [Fact] // fetchmail, told to keep mail, fetches this way
    public async Task Top_for_all_lines_there_could_be_counts_as_a_fetch()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(AfterDownload: PopAfterDownload.Archive));
        await server.ConverseAsync(Login + "C: TOP 1 99999999\nS: +OK *\nS: From: ami@demo.test\nS: Subject: Un\nS:\nS: Bonjour\nS: .\n" + Quit);
        Assert.Equal((1, 1), (await server.CountAsync(), (await server.MailboxAsync("Archive")).Messages));
    }

    [Fact]
    public async Task What_is_marked_deleted_is_deleted_also_when_it_was_fetched()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(AfterDownload: PopAfterDownload.Archive));
        await server.ConverseAsync(Login + "C: RETR 1\nS: +OK *\nS: From: ami@demo.test\nS: Subject: Un\nS:\nS: Bonjour\nS: .\nC: DELE 1\nS: +OK *\n" + Quit);
        Assert.Equal(0, (await server.MailboxAsync("Archive")).Messages);
        Assert.Equal(1, await server.CountAsync());
    }

    [Fact] // RFC 2449 §6.7
    public async Task Messages_leave_so_many_days_after_they_were_fetched()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(DeleteAfterDays: 3));
        const string fetch = "C: RETR 1\nS: +OK *\nS: From: ami@demo.test\nS: Subject: Un\nS:\nS: Bonjour\nS: .\n";
        await server.ConverseAsync(Login + fetch + "C: <close>\nS: <closed>");
        server.Time.Advance(TimeSpan.FromDays(4));
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 2 94\n" + fetch + Quit);
        server.Time.Advance(TimeSpan.FromDays(2));
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 2 94\n" + fetch + Quit); // fetched again: the first time counts
        server.Time.Advance(TimeSpan.FromDays(1.5));
        server.Restart();
        await server.ConverseAsync(Login + "C: STAT\nS: +OK 1 49\nC: UIDL\nS: +OK *\nS: 1 F*\nS: .\n" + Quit);
        Assert.Equal(1, await server.CountAsync());
    }

    [Fact]
    public async Task The_background_takes_what_nobody_comes_back_for_and_leaves_what_was_filed()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(DeleteAfterDays: 3));
        await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n");
        await server.ConverseAsync(Login + "C\\: RETR 1\\r\\nRETR 2\\r\\nQUIT\\r\\n\n", ignoreRest: true);
        var archive = await server.MailboxAsync("Archive");
        await server.Store.MoveAsync(server.Inbox.Id, [new UidRange(2, 2)], archive.Id, default);
        var expiry = new DownloadExpiry(server.Store, server.Time, NullLogger<DownloadExpiry>.Instance);
        Assert.Equal(0, await expiry.RunOnceAsync(default));
        server.Time.Advance(TimeSpan.FromDays(3.1));
        Assert.Equal(1, await expiry.RunOnceAsync(default));
        Assert.Equal(0, await expiry.RunOnceAsync(default));
        Assert.Equal(1, await server.CountAsync()); // the one never fetched
        Assert.Equal(1, (await server.MailboxAsync("Archive")).Messages);
        Assert.Empty(await server.Store.State.SpacesAsync("pop:", default));
    }

    [Fact] // RFC 2449 §6.5, §8.1.1
    public async Task A_login_too_soon_after_the_last_is_told_to_wait()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(LoginDelay: 60));
        await server.ConverseAsync("S: +OK *\nC: USER moi@demo.test\nS: +OK *\nC: PASS wrong-password\nS: -ERR [AUTH] *\n" + Login[9..] + Quit);
        server.Time.Advance(TimeSpan.FromSeconds(20));
        await server.ConverseAsync("""
            S: +OK *
            C: USER moi@demo.test
            S: +OK *
            C: PASS soleil-42-papier
            S: -ERR [LOGIN-DELAY] the last login was less than 60 seconds ago; try again in 40
            """);
        server.Time.Advance(TimeSpan.FromSeconds(40));
        await server.ConverseAsync(Login + Quit);
    }

    [Fact]
    public async Task Capa_announces_the_least_retention_and_the_longest_delay_before_login_and_the_accounts_after()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.ConverseAsync("S: +OK *\nC: CAPA\n" + Capabilities("EXPIRE NEVER"));
        await server.SetAsync(new PopSetting(DeleteAfterDays: 7, LoginDelay: 30));
        await server.ConverseAsync("S: +OK *\nC: CAPA\n" + Capabilities("EXPIRE 7 USER", "LOGIN-DELAY 30 USER") + Login[9..] + "C: CAPA\n" + Capabilities("EXPIRE 7", "LOGIN-DELAY 30", stls: false));
        await server.ConverseAsync("S: +OK *\nC: USER ami@demo.test\nS: +OK *\nC: PASS rivière-17-lune\nS: +OK *\nC: CAPA\n" + Capabilities("EXPIRE NEVER", "LOGIN-DELAY 0", stls: false));
        await server.SetAsync(new PopSetting(AfterDownload: PopAfterDownload.Delete));
        await server.ConverseAsync("S: +OK *\nC: CAPA\n" + Capabilities("EXPIRE 0 USER"));
    }

    [Fact]
    public async Task A_shared_maildrop_has_several_sessions_with_numbers_of_their_own()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.SetAsync(new PopSetting(IsShared: true));
        await server.ConverseAsync(Login + """
            C: DELE 1
            S: +OK *
            !: deliver
            S2: +OK *
            C2: USER moi@demo.test
            S2: +OK *
            C2: PASS soleil-42-papier
            S2: +OK 3 messages (* octets)
            C2: DELE 1
            S2: +OK *
            C: QUIT
            S: +OK goodbye
            C2: LIST 2
            S2: +OK 2 49
            C2: QUIT
            S2: +OK goodbye
            """);
        Assert.Equal(2, await server.CountAsync());
    }

    private static string Capabilities(string expire, string? delay = null, bool stls = true) =>
        string.Concat(new[] { "+OK *", "TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "UTF8 USER", "LANG", expire, delay, "USER", "SASL *", stls ? "STLS" : null, "IMPLEMENTATION Facteur", "." }
            .OfType<string>().Select(line => $"S: {line}\n"));
}
