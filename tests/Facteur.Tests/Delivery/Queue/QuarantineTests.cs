using System.Globalization;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Crashes;
using Facteur.Storage.Queue;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>A message that the process ends on again and again is held, and the others go.</summary>
[Trait("test", "R-12")]
[Trait("promise", "P10")]
public sealed class QuarantineTests
{
    private static CultureInfo French => CultureInfo.GetCultureInfo("fr");

    [Fact]
    public async Task After_three_crashes_a_message_is_held_with_the_reason_and_others_flow()
    {
        await using var server = await QueueServer.StartAsync();
        var bad = await CrashOnAsync(server, "bad@poison.test", "slow@poison.test");
        await server.SubmitAsync("good@remote.test");
        await server.SettleAsync();
        Assert.Contains("good@remote.test", server.World.Delivered);
        Assert.All(await server.RecipientsAsync(bad), recipient => Assert.Equal((QueueState.Held, 0), (recipient.State, recipient.Attempts)));
        var item = (await server.Service.ListAsync(new QueueFilter(), null, 10, default))[0];
        Assert.Equal("in quarantine: the server ended 3 times while it was at work on this message; \"release\" tries again", item.Recipient.LastAnswer);
        var row = Assert.Single(await server.Store.Trace.FindAsync(new TraceQuery { Queue = bad }, 10, default), row => row.Kind == TraceKind.QueueChanged);
        Assert.Equal("Held: the server ended 3 times while it was at work on this message", TraceText.Of(row, CultureInfo.InvariantCulture));
        Assert.Equal("Retenu : le serveur s’est arrêté 3 fois pendant qu’il traitait ce message", TraceText.Of(row, French));

        // Nothing of it is tried again by itself, not even after a restart.
        var transactions = server.World["poison.test"].Transactions;
        await server.RestartAsync();
        await server.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.Equal(transactions, server.World["poison.test"].Transactions);
    }

    [Fact]
    public async Task A_release_by_hand_forgets_reason_and_crashes_and_tries_again()
    {
        await using var server = await QueueServer.StartAsync();
        var bad = await CrashOnAsync(server, "bad@poison.test");
        await server.SettleAsync();
        Assert.Equal(1, await server.Service.ReleaseAsync(new QueueFilter { Message = bad }, "facteur queue", default));
        await server.World.UntilAsync(() => server.World.Delivered.Contains("bad@poison.test"));
        await server.SettleAsync();
        var recipient = await server.RecipientAsync(bad);
        Assert.Equal((QueueState.Delivered, "250 2.0.0 taken"), (recipient.State, recipient.LastAnswer));
        Assert.Empty(await server.Store.Crashes.ListAsync(onlyUntold: false, default));
        await server.RestartAsync();
        Assert.Empty(await server.Store.Crashes.ListAsync(onlyUntold: false, default));
    }

    [Fact]
    public async Task What_is_held_by_hand_has_no_reason_and_is_no_suspect()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Temporary(SmtpStage, "try later", 450);
        var id = await server.SubmitAsync("a@remote.test");
        await server.SettleAsync();
        await server.Service.HoldAsync(new QueueFilter { Message = id }, "facteur queue", default);
        Assert.Equal("450 4.4.1 try later", (await server.RecipientAsync(id)).LastAnswer);
        Assert.False(server.Store.Crashes.IsQuarantined(RiskyWork.Queue, id.Value));
    }

    [Fact]
    public async Task A_message_that_got_through_is_no_suspect_any_more()
    {
        await using var server = await QueueServer.StartAsync();
        var ids = new List<QueueId>();
        foreach (var i in Enumerable.Range(0, 5)) server.World[$"d{i}.test"].Gate = new TaskCompletionSource();
        for (var i = 0; i < 5; i++) ids.Add(await server.SubmitAsync($"u{i}@d{i}.test"));
        await server.World.UntilAsync(() => server.World.Delivered.Count >= 5);
        // All five were at work: five suspects, none of them guilty.
        await server.CrashAsync(() =>
        {
            foreach (var i in Enumerable.Range(0, 5)) server.World[$"d{i}.test"].Gate = null;
        });
        await server.SettleAsync();
        foreach (var id in ids) Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(id)).State);
        Assert.All(server.World.Delivered.GroupBy(address => address), group => Assert.Equal(2, group.Count()));
        // One crash was counted and is forgotten: two more do not make three.
        await server.CrashOnAsync(new WorkItem(RiskyWork.Queue, ids[0].Value, WorkItem.PartOf("d0.test")), CrashStore.Limit - 1);
        Assert.False(server.Store.Crashes.IsQuarantined(RiskyWork.Queue, ids[0].Value));
    }

    [Fact]
    public async Task The_postmaster_is_told_once_in_the_language_of_the_domain()
    {
        await using var server = await QueueServer.StartAsync();
        var bad = await CrashOnAsync(server, "bad@poison.test");
        await server.SettleAsync();
        await server.SetAsync(SettingScope.Of(server.Account.Domain), "locale", "fr");
        var services = TestDelivery.Services(server.Store, "mx.demo.test", server.Time);
        using var notices = new QuarantineNotices(server.Store, services.Own, services.Settings, "mx.demo.test", server.Time);
        Assert.Equal(1, await notices.TellAsync(default));
        Assert.Equal(0, await notices.TellAsync(default));
        var notice = Assert.Single(await server.Store.ReadMailboxAsync(server.Account.Id));
        Assert.StartsWith("Return-Path: <>\r\n", notice, StringComparison.Ordinal);
        Assert.Contains("To: postmaster@demo.test\r\n", notice, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", notice, StringComparison.Ordinal);
        Assert.Contains($"Message {bad.Value} de la file", Decoded(notice), StringComparison.Ordinal);
        Assert.Contains($"facteur queue release {bad.Value}", Decoded(notice), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_ends_the_process_is_not_written_and_others_are()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        var id = await server.SubmitAsync("bad@remote.test");
        await server.SettleAsync();
        await server.CrashOnAsync(new WorkItem(RiskyWork.Report, id.Value), CrashStore.Limit);
        await server.SubmitAsync("other@remote.test");
        await server.SettleAsync();
        var report = Assert.Single(await server.InboxAsync(1));
        Assert.Contains("Final-Recipient: rfc822; other@remote.test", report, StringComparison.Ordinal);
        Assert.Empty(await server.Store.Queue.OwedReportsAsync(server.Time.GetUtcNow(), TimeSpan.Zero, 10, default));
        var kept = Assert.Single(await server.Store.Queue.ListAsync(new QueueFilter { Address = "moi@demo.test", States = [QueueState.Failed] }, null, 10, default));
        Assert.Contains("the server ended 3 times", kept.Recipient.LastAnswer, StringComparison.Ordinal);
    }

    private const Facteur.Smtp.Client.SmtpStage SmtpStage = Facteur.Smtp.Client.SmtpStage.Rcpt;

    private static string Decoded(string message) => message.Replace("=\r\n", "", StringComparison.Ordinal);

    /// <summary>A message to hosts of poison.test with which the process ends three times, each time in the middle of the transaction.</summary>
    private static async Task<QueueId> CrashOnAsync(QueueServer server, params string[] recipients)
    {
        var site = server.World["poison.test"];
        site.Gate = new TaskCompletionSource();
        var id = await server.SubmitAsync(recipients);
        for (var crash = 1; crash <= CrashStore.Limit; crash++)
        {
            await server.World.UntilAsync(() => site.Transactions == crash);
            Assert.False(server.Store.Crashes.IsQuarantined(RiskyWork.Queue, id.Value));
            await server.CrashAsync(() => site.Gate = crash == CrashStore.Limit ? null : new TaskCompletionSource());
        }
        return id;
    }
}
