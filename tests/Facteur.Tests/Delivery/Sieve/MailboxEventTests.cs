using Facteur.Accounts;
using Facteur.Delivery.Sieve.Events;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>Scripts at events of mailboxes (RFC 6785), by IMAP programs.</summary>
public sealed class MailboxEventTests
{
    private const string Note = """
        require ["environment", "imapsieve", "imap4flags", "variables", "enotify"];
        if environment :matches "imap.cause" "*" { set "cause" "${1}"; }
        if environment :matches "imap.mailbox" "*" { set "mailbox" "${1}"; }
        if environment :matches "imap.changedflags" "*" { set "changed" "${1}"; }
        if environment :matches "imap.user" "*" { set "user" "${1}"; }
        if environment :matches "imap.email" "*" { set "email" "${1}"; }
        if environment :matches "location" "*" { set "location" "${1}"; }
        if environment :matches "phase" "*" { set "phase" "${1}"; }
        notify :message "${cause}|${mailbox}|${changed}|${user}|${email}|${location}|${phase}" "mailto:ami@demo.test";
        """;

    // RFC 6785 §4: each command, and what scripts see of it.
    [Fact]
    public async Task Append_copy_move_store_and_fetch_run_the_script_and_say_what_happened()
    {
        await using var fixture = await EventFixture.CreateAsync(Note);
        await fixture.ImapAsync("""
            C: a1 CREATE Work
            C\: a2 APPEND Work LETTER
            C: a3 SELECT Work
            C: a4 STORE 1 +FLAGS.SILENT (\Flagged Todo)
            C: a5 COPY 1 Archive
            C: a6 FETCH 1 BODY[]
            """);
        Assert.Equal(4, await fixture.RunAsync());
        Assert.Equal(
            [
                @"APPEND|Work||moi@demo.test|moi@demo.test|MS|post", @"FLAG|Work|\Flagged Todo|moi@demo.test|moi@demo.test|MS|post",
                @"COPY|Archive||moi@demo.test|moi@demo.test|MS|post", @"FLAG|Work|\Seen|moi@demo.test|moi@demo.test|MS|post",
            ], await fixture.Scripts.InAsync("INBOX", "ami@demo.test"));
        await fixture.ImapAsync("""
            C: a1 EXAMINE Work
            C: a2 SELECT Work
            C: a3 MOVE 1 Archive
            """);
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal(@"COPY|Archive||moi@demo.test|moi@demo.test|MS|post", (await fixture.Scripts.InAsync("INBOX", "ami@demo.test"))[^1]);
    }

    // RFC 6785 §5, example 1.
    [Fact]
    public async Task Example_1_what_comes_into_a_folder_is_sent_on()
    {
        await using var fixture = await EventFixture.CreateAsync("""
            require ["copy", "environment", "imapsieve"];
            if anyof (environment :is "imap.cause" "APPEND", environment :is "imap.cause" "COPY")  {
                if environment :is "imap.mailbox" "ActionItems" {
                    redirect :copy "actionitems@example.com";
                }
            }
            """);
        await fixture.ImapAsync("""
            C: a1 CREATE ActionItems
            C\: a2 APPEND ActionItems LETTER
            C\: a3 APPEND INBOX LETTER
            """);
        Assert.Equal(2, await fixture.RunAsync());
        var item = Assert.Single(await fixture.Scripts.QueueAsync());
        Assert.Equal(("actionitems@example.com", "moi@demo.test", "forward"), (item.Recipient.Address, item.Message.Sender, item.Message.Kind)); // §3.4: from the owner
        var sent = await fixture.Scripts.SentAsync(item.Message);
        Assert.StartsWith("Delivered-To: moi@demo.test\r\n", sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nune ligne\r\n", sent, StringComparison.Ordinal);
        Assert.Equal(["bonjour"], await fixture.Scripts.InAsync("ActionItems"));
        Assert.Contains(await fixture.Scripts.TraceAsync(), row => row.StartsWith("Sent on to actionitems@example.com by the filter script “events” of moi@demo.test", StringComparison.Ordinal));
    }

    // RFC 6785 §5, example 2, by mail.
    [Fact]
    public async Task Example_2_a_flag_that_is_set_is_notified_and_one_that_was_is_not()
    {
        await using var fixture = await EventFixture.CreateAsync("""
            require ["enotify", "imap4flags", "variables", "environment", "imapsieve"];
            if environment :matches "imap.mailbox" "*" { set "mailbox" "${1}"; }
            if allof (hasflag "\\Flagged", environment :contains "imap.changedflags" "\\Flagged") {
              notify :message "Important message in ${mailbox}" "mailto:ami@demo.test";
            }
            """);
        await fixture.AppendAsync(flags: @"(\\Flagged) ");
        await StoreAsync(fixture, @"+FLAGS (\Seen)");
        await StoreAsync(fixture, @"-FLAGS (\Flagged)");
        Assert.Equal(3, await fixture.RunAsync());
        Assert.Empty(await fixture.Scripts.InAsync("INBOX", "ami@demo.test"));
        await StoreAsync(fixture, @"+FLAGS (\Flagged)");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal(["Important message in INBOX"], await fixture.Scripts.InAsync("INBOX", "ami@demo.test"));
    }

    // RFC 6785 §2.2.4, §3.3, §3.5.
    [Fact]
    public async Task What_a_script_does_not_keep_is_marked_and_what_it_files_is_another_message()
    {
        await using var fixture = await EventFixture.CreateAsync("""
            require ["fileinto", "copy", "mailbox", "imap4flags", "imapsieve", "editheader", "environment"];
            if environment "imap.cause" "FLAG" { discard; stop; }
            addheader "X-Seen-By" "script";
            fileinto :create :flags "\\Flagged" "Changed";
            """, "Archive");
        await fixture.AppendAsync("Archive");
        await fixture.AppendAsync("INBOX");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal([@"bonjour \Deleted"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal([@"bonjour \Flagged"], await fixture.Scripts.InAsync("Changed"));
        Assert.Contains("X-Seen-By: script", Assert.Single(await fixture.Scripts.ReadAsync("Changed")), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Seen-By", Assert.Single(await fixture.Scripts.ReadAsync("Archive")), StringComparison.Ordinal);
        await fixture.PutAsync("require [\"fileinto\", \"copy\", \"imapsieve\"]; fileinto :copy \"INBOX\"; keep;");
        await fixture.AppendAsync("Archive");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal([@"bonjour \Deleted", "bonjour"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal(["bonjour", "bonjour"], await fixture.Scripts.InAsync("INBOX"));
        Assert.Equal(0, await fixture.RunAsync());
    }

    // RFC 6785 §2.2.3, §3.8, §6: no script sets off another.
    [Fact]
    public async Task Scripts_do_not_run_for_what_scripts_do()
    {
        await using var fixture = await EventFixture.CreateAsync("""
            require ["fileinto", "copy", "imap4flags", "imapsieve", "environment"];
            addflag "Vu";
            if environment "imap.mailbox" "INBOX" { fileinto :copy "Archive"; } else { fileinto :copy "INBOX"; }
            if hasflag "\\Seen" { removeflag "\\Seen"; } else { addflag "\\Seen"; }
            """);
        await fixture.AppendAsync();
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal([@"bonjour \Seen Vu"], await fixture.Scripts.InAsync("INBOX"));
        Assert.Equal(["bonjour Vu"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal(0, await fixture.RunAsync());
        await StoreAsync(fixture, "+FLAGS (Encore)");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal(["bonjour Vu Encore"], await fixture.Scripts.InAsync("INBOX"));
        Assert.Equal(["bonjour Vu", @"bonjour \Seen Vu Encore"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal(0, await fixture.RunAsync());
    }

    // RFC 6785 §2.3.1.
    [Fact]
    public async Task The_folder_decides_before_the_account_and_a_script_that_is_not_there_does_not_run()
    {
        await using var fixture = await EventFixture.CreateAsync("require [\"imap4flags\", \"imapsieve\"]; addflag \"Partout\";");
        await fixture.PutAsync("require [\"imap4flags\", \"imapsieve\"]; addflag \"Ici\";", "here");
        await fixture.BindAsync("here", "Archive");
        await fixture.BindAsync("", "Junk");
        await fixture.BindAsync("nothing", "Sent");
        foreach (var folder in (string[])["INBOX", "Archive", "Junk", "Sent"]) await fixture.AppendAsync(folder);
        Assert.Equal(2, await fixture.RunAsync());
        Assert.Equal(["bonjour Partout"], await fixture.Scripts.InAsync("INBOX"));
        Assert.Equal(["bonjour Ici"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal(["bonjour"], await fixture.Scripts.InAsync("Junk"));
        Assert.Equal(["bonjour"], await fixture.Scripts.InAsync("Sent"));
    }

    // RFC 6785 §3.11, §4.6.
    [Theory]
    [InlineData("require [\"imapsieve\", \"vacation\"]; vacation \"away\";")]
    [InlineData("require [\"imapsieve\", \"reject\"]; reject \"no\";")]
    [InlineData("require [\"imapsieve\", \"fileinto\", \"envelope\"]; fileinto \"Archive\"; if envelope \"from\" \"a@example.org\" { discard; }")]
    public async Task What_is_for_deliveries_only_fails_and_the_owner_is_told(string script)
    {
        await using var fixture = await EventFixture.CreateAsync(script, "Sent");
        await fixture.AppendAsync("Sent");
        await fixture.AppendAsync("Sent");
        Assert.Equal(2, await fixture.RunAsync());
        Assert.Equal(["bonjour", "bonjour"], await fixture.Scripts.InAsync("Sent"));
        Assert.Empty(await fixture.Scripts.InAsync("Archive"));
        Assert.Equal("Your filter “events” failed", Assert.Single(await fixture.Scripts.InAsync("INBOX"))); // once a day
        Assert.Contains("folder “Sent”", Assert.Single(await fixture.Scripts.ReadAsync("INBOX")).Replace("=\r\n", "", StringComparison.Ordinal).Replace("=E2=80=9C", "“", StringComparison.Ordinal).Replace("=E2=80=9D", "”", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(0, await fixture.RunAsync());
    }

    [Fact]
    public async Task A_full_account_or_a_folder_that_is_missing_costs_no_message()
    {
        await using var fixture = await EventFixture.CreateAsync("require [\"fileinto\", \"imapsieve\"]; fileinto \"Nulle part\";", "Archive");
        await fixture.AppendAsync("Archive");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal(["bonjour"], await fixture.Scripts.InAsync("Archive"));
        await fixture.PutAsync("require [\"fileinto\", \"imapsieve\"]; fileinto \"INBOX\";");
        await fixture.AppendAsync("Archive");
        await fixture.Scripts.Server.SetQuotaAsync("moi@demo.test", 1);
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal(["bonjour", "bonjour"], await fixture.Scripts.InAsync("Archive"));
    }

    [Fact]
    public async Task What_was_removed_before_the_script_came_is_passed_over_and_many_take_turns()
    {
        await using var fixture = await EventFixture.CreateAsync("require [\"imap4flags\", \"imapsieve\"]; addflag \"Vu\";", "Archive");
        foreach (var _ in Enumerable.Range(0, 3)) await fixture.AppendAsync();
        var account = (await fixture.Scripts.AccountAsync()).Id;
        var (inbox, archive) = ((await fixture.Store.FindMailboxAsync(account, "INBOX", default))!, (await fixture.Store.FindMailboxAsync(account, "Archive", default))!);
        foreach (var _ in Enumerable.Range(0, 50)) await fixture.Store.CopyAsync(inbox.Id, [UidRange.All], archive.Id, account, default); // 150 messages
        await fixture.Store.CopyAsync(archive.Id, [UidRange.All], archive.Id, account, default); // as one command
        await fixture.Store.ExpungeAsync(archive.Id, [new UidRange(1, 1), new UidRange(3, 20), new UidRange(299, 300)], onlyDeleted: false, default);
        Assert.Equal(279, await fixture.RunAsync());
        Assert.All(await fixture.Scripts.InAsync("Archive"), line => Assert.Equal("bonjour Vu", line));
        Assert.Empty(await fixture.Store.Events.NextAsync(1, default));
    }

    [Fact]
    public async Task Who_wants_it_has_what_is_marked_removed_at_once()
    {
        await using var fixture = await EventFixture.CreateAsync("require \"imapsieve\"; discard;", "Archive");
        await new AccountService(fixture.Store, new LoginOptions()).SetImapAsync("moi@demo.test", new ImapSetting(ExpungesAtOnce: true), default);
        await fixture.AppendAsync("Archive");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Empty(await fixture.Scripts.InAsync("Archive"));
    }

    [Fact]
    public async Task Redirects_here_arrive_and_those_that_go_round_or_past_a_limit_are_kept()
    {
        await using var fixture = await EventFixture.CreateAsync("require \"imapsieve\"; redirect \"ami@demo.test\";", "Archive");
        await fixture.AppendAsync("Archive");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal([@"bonjour \Deleted"], await fixture.Scripts.InAsync("Archive"));
        Assert.Equal(["bonjour"], await fixture.Scripts.InAsync("INBOX", "ami@demo.test"));
        await fixture.PutAsync("require \"imapsieve\"; redirect \"personne@demo.test\";");
        await fixture.AppendAsync("Archive");
        Assert.Equal(1, await fixture.RunAsync());
        Assert.Equal([@"bonjour \Deleted", "bonjour"], await fixture.Scripts.InAsync("Archive"));
        Assert.Contains(await fixture.Scripts.TraceAsync(), row => row.StartsWith("Not sent on to personne@demo.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_service_runs_scripts_behind_the_commands()
    {
        await using var fixture = await EventFixture.CreateAsync("require [\"imap4flags\", \"imapsieve\"]; addflag \"Vu\";");
        await fixture.AppendAsync(); // before it runs: as after a restart
        using var runner = new MailboxEventRunner(fixture.Scripts.Server.Handoff);
        await runner.StartAsync(default);
        await UntilAsync(fixture, "bonjour Vu");
        await fixture.AppendAsync();
        await UntilAsync(fixture, "bonjour Vu", "bonjour Vu");
        await runner.StopAsync(default);
    }

    private static async Task UntilAsync(EventFixture fixture, params string[] expected)
    {
        var account = (await fixture.Scripts.AccountAsync()).Id;
        var inbox = (await fixture.Store.FindMailboxAsync(account, "INBOX", default))!;
        using var view = await fixture.Store.OpenViewAsync(inbox.Id, default);
        using var changed = new SemaphoreSlim(0);
        view.Changed += () => changed.Release();
        while (!(await fixture.Scripts.InAsync("INBOX")).SequenceEqual(expected)) Assert.True(await changed.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static Task StoreAsync(EventFixture fixture, string change) => fixture.ImapAsync($"""
        C: s1 SELECT INBOX
        C: s2 UID STORE 1 {change.Replace("FLAGS", "FLAGS.SILENT", StringComparison.Ordinal)}
        C: s3 LOGOUT
        """);
}
