using System.Globalization;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage.Queue;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>vacation and notify: what scripts have sent.</summary>
public sealed class ScriptReplyTests
{
    [Fact]
    public async Task Who_writes_is_answered_once()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"vacation\", \"fcc\", \"mailbox\", \"imap4flags\"]; vacation :days 3 :subject \"Absent\" :fcc \"Sent\" :create :flags \"\\\\Seen\" \"De retour lundi.\";");
        await fixture.SendAsync();
        await fixture.SendAsync();
        var item = Assert.Single(await fixture.QueueAsync());
        Assert.Equal(("claire@example.org", "", "vacation"), (item.Recipient.Address, item.Message.Sender, item.Message.Kind));
        var sent = await fixture.SentAsync(item.Message);
        Assert.Contains("From: Moi <moi@demo.test>\r\nTo: claire@example.org\r\nSubject: Absent\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("In-Reply-To: <m1@example.org>\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied\r\n", sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nDe retour lundi.\r\n", sent, StringComparison.Ordinal);
        Assert.Equal(2, (await fixture.InAsync("INBOX")).Count);
        Assert.Equal(["Absent \\Seen"], await fixture.InAsync("Sent"));
        Assert.Contains("An automatic reply went to claire@example.org", await fixture.TraceAsync());
    }

    [Theory] // RFC 5230 §4.5, §4.6; RFC 3834 §2
    [InlineData("To: moi@demo.test", "To: autre@demo.test")]
    [InlineData("Subject:", "List-Id: <l.example.org>\nSubject:")]
    [InlineData("Subject:", "Auto-Submitted: auto-replied\nSubject:")]
    [InlineData("Subject:", "Precedence: bulk\nSubject:")]
    public async Task Lists_machines_and_letters_to_others_are_not_answered(string text, string other)
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"vacation\"; vacation \"Absent\";");
        await fixture.SendAsync(ScriptFixture.Letter.Replace(text, other, StringComparison.Ordinal));
        Assert.Empty(await fixture.QueueAsync());
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mailer-daemon@example.org")]
    [InlineData("owner-list@example.org")]
    [InlineData("list-request@example.org")]
    public async Task Nobody_answers_software(string sender)
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"vacation\"; vacation \"Absent\";");
        await fixture.SendAsync(from: sender);
        Assert.Empty(await fixture.QueueAsync());
    }

    [Fact]
    public async Task More_addresses_of_the_owner_count_and_a_false_from_does_not()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"vacation\"; vacation :addresses \"moi@ancien.example\" :from \"Chef <chef@example.org>\" \"Absent\";");
        await fixture.SendAsync(ScriptFixture.Letter.Replace("To: moi@demo.test", "To: moi@ancien.example", StringComparison.Ordinal));
        var sent = await fixture.SentAsync(Assert.Single(await fixture.QueueAsync()).Message);
        Assert.Contains("From: Moi <moi@demo.test>\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Subject: Auto: bonjour\r\n", sent, StringComparison.Ordinal); // RFC 5230 §5.3
    }

    [Fact]
    public async Task A_mime_reply_is_sent_as_it_is_written()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require "vacation";
            vacation :mime :from "Alias <alias@demo.test>" text:
            Content-Type: multipart/alternative; boundary=foo
            X-Injected: no

            --foo

            I'm at the beach relaxing.

            --foo
            Content-Type: text/html; charset=us-ascii

            <b>beach</b>
            --foo--
            .
            ;
            """);
        await fixture.SendAsync();
        var sent = await fixture.SentAsync(Assert.Single(await fixture.QueueAsync()).Message);
        Assert.Contains("From: Alias <alias@demo.test>\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Content-Type: multipart/alternative; boundary=foo\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n--foo\r\n\r\nI'm at the beach relaxing.\r\n", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Injected", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_and_the_setting_send_one_reply_and_a_discard_none()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"vacation\"; if header \"subject\" \"non\" { discard; } else { vacation \"by script\"; }");
        await new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime()).SetVacationAsync("moi@demo.test", new VacationSetting("", "by setting"), default);
        await fixture.SendAsync(ScriptFixture.Letter.Replace("bonjour", "non", StringComparison.Ordinal));
        Assert.Empty(await fixture.QueueAsync());
        await fixture.SendAsync();
        Assert.Contains("by script", await fixture.SentAsync(Assert.Single(await fixture.QueueAsync()).Message), StringComparison.Ordinal);
        await fixture.ActivateAsync("keep;");
        await fixture.SendAsync();
        Assert.Equal(2, (await fixture.QueueAsync()).Count);
    }

    [Fact] // RFC 5436 §2.7, §2.7.1
    public async Task A_notification_says_that_a_machine_sent_it()
    {
        await using var fixture = await ScriptFixture.CreateAsync("""
            require ["enotify", "variables"];
            if header :matches "from" "*" {
                notify :importance "1" :message "mail from ${1}" "mailto:0123456789@sms.example.net?body=look&header-x=1";
            }
            """);
        await fixture.SendAsync();
        var item = Assert.Single(await fixture.QueueAsync());
        Assert.Equal(("0123456789@sms.example.net", "moi@demo.test"), (item.Recipient.Address, item.Message.Sender));
        var sent = await fixture.SentAsync(item.Message);
        Assert.Contains("Auto-Submitted: auto-notified; owner-email=\"moi@demo.test\"\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Subject: mail from Claire <claire@example.org>\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Importance: High\r\n", sent, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nlook\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("A notification went to 0123456789@sms.example.net, by the filter script “main” of moi@demo.test, line 3", await fixture.TraceAsync());
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
    }

    [Fact]
    public async Task Notifications_of_a_message_without_sender_have_none_and_machines_notify_nobody()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"enotify\"; notify \"mailto:x@example.net\";");
        await fixture.SendAsync(from: "");
        Assert.Equal("", Assert.Single(await fixture.QueueAsync()).Message.Sender);
        await fixture.SendAsync(ScriptFixture.Letter.Replace("Subject:", "Auto-Submitted: auto-notified\nSubject:", StringComparison.Ordinal));
        Assert.Single(await fixture.QueueAsync());
    }

    [Fact]
    public async Task Sixty_notifications_an_hour_are_enough()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"enotify\"; notify \"mailto:x@example.net\";");
        var account = await fixture.AccountAsync();
        var hour = new FakeTime().GetUtcNow().ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
        await fixture.Store.State.AddAsync($"sieve.notify:{account.Id.Value}", [new Facteur.Storage.StateChange(hour, 60, 0)], default);
        await fixture.SendAsync();
        Assert.Empty(await fixture.QueueAsync());
        Assert.Contains(await fixture.TraceAsync(), line => line.EndsWith("too many notifications within an hour", StringComparison.Ordinal));
    }
}
