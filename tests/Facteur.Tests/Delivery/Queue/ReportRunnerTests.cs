using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>Senders hear once of what became of their messages.</summary>
public sealed class ReportRunnerTests
{
    [Fact]
    public async Task One_report_names_all_recipients_that_failed()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = address => address.StartsWith("bad", StringComparison.Ordinal) ? RemoteSite.Permanent() : null;
        var id = await server.SubmitAsync(["bad1@remote.test", "good@remote.test", "bad2@remote.test"]);
        await server.SettleAsync();
        var report = Assert.Single(await server.InboxAsync(1));
        Assert.StartsWith("Return-Path: <>\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; bad1@remote.test", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; bad2@remote.test", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Final-Recipient: rfc822; good@remote.test", report, StringComparison.Ordinal);
        Assert.Contains("Diagnostic-Code: smtp; 550 5.1.1 no such user", report, StringComparison.Ordinal);
        Assert.Contains("Subject: message 1", report, StringComparison.Ordinal);
        Assert.Empty(await server.Store.Queue.OwedReportsAsync(server.Time.GetUtcNow(), TimeSpan.Zero, 10, default));
        var rows = await server.Store.Trace.FindAsync(new TraceQuery { Queue = id }, 50, default);
        Assert.Single(rows, row => row.Kind == TraceKind.Reported);
        await server.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Single(await server.InboxAsync(1));
    }

    [Fact]
    public async Task A_sender_elsewhere_gets_the_report_by_the_queue_from_nobody()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        await server.SubmitAsync(["bad@remote.test"], message => message with { Sender = "them@origin.test", Account = null, Kind = "forward" });
        await server.SettleAsync();
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await server.World.UntilAsync(() => server.World.Delivered.Contains("them@origin.test"));
        var report = server.World.Messages.Single(one => one.Recipient == "them@origin.test").Text;
        Assert.DoesNotContain("Return-Path", report[..report.IndexOf("\r\n\r\n", StringComparison.Ordinal)], StringComparison.Ordinal);
        var item = Assert.Single(await server.Service.ListAsync(new QueueFilter { Address = "them@origin.test", States = [QueueState.Waiting, QueueState.Delivered] }, null, 10, default));
        Assert.Equal(("", "report", DsnNotify.Never), (item.Message.Sender, item.Message.Kind, item.Recipient.Notify));
    }

    [Fact]
    public async Task A_report_about_forwarded_mail_goes_to_who_sent_it()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        Assert.True(MailAddress.TryParse("them@origin.test", out var them));
        var rewritten = await server.Rewriting.RewriteAsync(them, "demo.test", default);
        await server.SubmitAsync(["bad@remote.test"], message => message with { Sender = rewritten, Kind = "forward" });
        await server.SettleAsync();
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await server.World.UntilAsync(() => server.World.Delivered.Contains("them@origin.test"));
        Assert.Empty(await server.InboxAsync(0));
    }

    [Fact]
    public async Task A_report_that_cannot_be_delivered_makes_no_report()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        server.World["origin.test"].Answer = _ => RemoteSite.Permanent();
        await server.SubmitAsync(["bad@remote.test"], message => message with { Sender = "them@origin.test", Account = null });
        await server.SettleAsync();
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await server.World.UntilAsync(() => server.World["origin.test"].Transactions == 1);
        await server.PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));
        Assert.Equal(1, server.World["origin.test"].Transactions);
        Assert.Empty(await server.InboxAsync(0));
    }

    [Fact]
    public async Task Who_cannot_be_told_is_told_nothing_and_asked_no_more()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        var id = await server.SubmitAsync(["bad@remote.test"], message => message with { Sender = "gone@demo.test", Account = null });
        await server.SettleAsync();
        for (var i = 0; (await server.RecipientAsync(id)).Owed != QueueReport.None; i++)
        {
            Assert.True(i < 1_000);
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, default);
        }
        var item = Assert.Single(await server.Service.ListAsync(new QueueFilter { Address = "gone@demo.test", States = [QueueState.Failed] }, null, 10, default));
        Assert.Equal("report", item.Message.Kind);
    }

    [Fact]
    public async Task A_delay_is_told_once_and_success_when_it_was_asked_for()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Temporary(SmtpStage.Rcpt, "busy", 450);
        await server.SubmitAsync(["a@remote.test"]);
        await server.PassAsync(TimeSpan.FromHours(12), TimeSpan.FromMinutes(30));
        var delay = Assert.Single(await server.InboxAsync(1));
        Assert.Contains("Action: delayed", delay, StringComparison.Ordinal);
        server.World["remote.test"].Answer = _ => null;
        await server.SubmitAsync(["b@remote.test"], notify: DsnNotify.Success);
        await server.PassAsync(TimeSpan.FromHours(5), TimeSpan.FromMinutes(15));
        var reports = await server.InboxAsync(2);
        Assert.Equal(2, reports.Count);
        Assert.Contains("Action: relayed", reports[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_returns_mail_with_a_reason()
    {
        await using var server = await QueueServer.StartAsync();
        var id = await server.SubmitAsync(["a@remote.test"], message => message with { NotBefore = server.Time.GetUtcNow().AddDays(1) });
        Assert.Equal(1, await server.Service.BounceAsync(new QueueFilter { Message = id }, "this address is not in use any more", "admin", default));
        Assert.Contains("this address is not in use any more", Assert.Single(await server.InboxAsync(1)), StringComparison.Ordinal);
        Assert.Empty(server.World.Delivered);
    }

    [Fact]
    public async Task Given_up_after_five_days_is_told_with_the_last_answer()
    {
        await using var server = await QueueServer.StartAsync(new QueueOptions { Schedule = new RetrySchedule { Jitter = 0, DelayWarning = TimeSpan.Zero } });
        server.World["remote.test"].Answer = _ => RemoteSite.Temporary(SmtpStage.Rcpt, "mailbox busy", 450);
        await server.SubmitAsync(["a@remote.test"]);
        await server.PassAsync(TimeSpan.FromDays(6), TimeSpan.FromHours(2));
        var report = Assert.Single(await server.InboxAsync(1));
        Assert.Contains("Action: failed", report, StringComparison.Ordinal);
        Assert.Contains("mailbox busy", report, StringComparison.Ordinal);
    }
}
