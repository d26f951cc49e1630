using Facteur.Delivery.Queue;
using Facteur.Delivery.Transport;
using Facteur.Mail;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>What is in the queue goes out, by the schedule and within the connections that peers give.</summary>
public sealed class QueueRunnerTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_message_goes_out_at_once_with_its_prefix_and_without_our_return_path()
    {
        await using var server = await QueueServer.StartAsync();
        var id = await server.SubmitAsync("a@remote.test");
        await server.World.UntilAsync(() => server.World.Delivered.Count == 1);
        await server.SettleAsync();
        Assert.StartsWith("X-Prefix: yes\r\nMessage-ID: <1@demo.test>\r\n", server.World.Messages[0].Text, StringComparison.Ordinal);
        var recipient = await server.RecipientAsync(id);
        Assert.Equal((QueueState.Delivered, "250 2.0.0 taken", "mx.remote.test"), (recipient.State, recipient.LastAnswer, recipient.LastHost));
        var rows = await server.Store.Trace.FindAsync(new TraceQuery { Queue = id }, 10, default);
        Assert.Contains(rows, row => row.Kind == TraceKind.Sent && row.Recipient == "a@remote.test");
    }

    [Fact]
    public async Task Recipients_of_one_destination_go_in_one_transaction_up_to_a_hundred()
    {
        await using var server = await QueueServer.StartAsync();
        await server.SubmitAsync([.. Enumerable.Range(0, 250).Select(i => $"u{i}@remote.test")]);
        await server.SettleAsync();
        Assert.Equal(250, server.World.Delivered.Distinct().Count());
        Assert.Equal((3, 100), (server.World["remote.test"].Transactions, server.World["remote.test"].MostRecipients));
    }

    [Fact]
    public async Task One_session_carries_many_messages_and_is_closed_when_it_has_waited()
    {
        await using var server = await QueueServer.StartAsync(new QueueOptions { InitialPerDestination = 1, MaxPerDestination = 1 });
        for (var i = 0; i < 10; i++) await server.SubmitAsync($"u{i}@remote.test");
        await server.SettleAsync();
        await server.SubmitAsync("later@remote.test");
        await server.SettleAsync();
        var site = server.World["remote.test"];
        Assert.Equal((11, 1, 1), (site.Transactions, site.Connects, site.Open));
        await server.AdvanceAsync(TimeSpan.FromSeconds(3));
        await server.World.UntilAsync(() => site.Open == 0);
    }

    [Fact]
    public async Task What_is_put_off_is_tried_by_the_schedule()
    {
        await using var server = await QueueServer.StartAsync();
        var site = server.World["remote.test"];
        site.Answer = _ => RemoteSite.Temporary(SmtpStage.Rcpt, "try later", 450);
        var id = await server.SubmitAsync("a@remote.test");
        await server.SettleAsync();
        foreach (var (minutes, attempts) in new[] { (1, 2), (5, 3), (15, 4), (30, 5), (60, 6) })
        {
            await server.AdvanceAsync(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Equal(attempts - 1, (await server.RecipientAsync(id)).Attempts);
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(attempts, (await server.RecipientAsync(id)).Attempts);
        }
        site.Answer = _ => null;
        await server.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(id)).State);
        Assert.Equal(7, (await server.Store.Queue.AttemptsAsync(id, default)).Count);
    }

    [Fact]
    public async Task A_restart_keeps_the_schedule()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Temporary(SmtpStage.Rcpt, "try later", 450);
        var id = await server.SubmitAsync("a@remote.test");
        await server.SettleAsync();
        await server.AdvanceAsync(Minute);
        await server.RestartAsync();
        await server.AdvanceAsync(4 * Minute);
        Assert.Equal(2, (await server.RecipientAsync(id)).Attempts);
        await server.AdvanceAsync(Minute);
        Assert.Equal(3, (await server.RecipientAsync(id)).Attempts);
    }

    [Fact]
    public async Task A_destination_that_cannot_be_reached_is_asked_once_for_all_that_waits()
    {
        await using var server = await QueueServer.StartAsync();
        var dead = server.World["dead.test"];
        dead.Unreachable = RemoteSite.Temporary(SmtpStage.Connect, "connection timed out");
        var ids = new List<QueueId>();
        for (var i = 0; i < 50; i++) ids.Add(await server.SubmitAsync($"u{i}@dead.test"));
        await server.SubmitAsync("a@alive.test");
        await server.SettleAsync();
        Assert.Equal(["a@alive.test"], server.World.Delivered);
        Assert.Equal(1, dead.Connects);
        Assert.Equal(1, server.Destinations.Health("dead.test")!.Failures);

        // What comes while it rests waits for its end; then one asks again for all that is due.
        await server.AdvanceAsync(TimeSpan.FromSeconds(30));
        var late = await server.SubmitAsync("late@dead.test");
        await server.SettleAsync();
        Assert.Equal((1, 0), (dead.Connects, (await server.RecipientAsync(late)).Attempts));
        await server.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Equal((2, 1), (dead.Connects, (await server.RecipientAsync(late)).Attempts));

        dead.Unreachable = null;
        await server.PassAsync(TimeSpan.FromMinutes(12), Minute);
        Assert.Equal(52, server.World.Delivered.Count);
        foreach (var id in ids) Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(id)).State);
    }

    [Fact]
    public async Task A_retry_by_hand_ends_the_rest()
    {
        await using var server = await QueueServer.StartAsync();
        var site = server.World["dead.test"];
        site.Unreachable = RemoteSite.Temporary(SmtpStage.Connect, "connection refused");
        var id = await server.SubmitAsync("a@dead.test");
        await server.SettleAsync();
        site.Unreachable = null;
        Assert.Equal(1, await server.Service.RetryAsync(new QueueFilter { Message = id }, "admin", default));
        await server.SettleAsync();
        Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(id)).State);
    }

    [Fact]
    public async Task A_peer_that_takes_one_connection_at_a_time_gets_one()
    {
        await using var server = await QueueServer.StartAsync();
        var site = server.World["one.test"];
        site.MaxOpen = 1;
        for (var i = 0; i < 60; i++) await server.SubmitAsync($"u{i}@one.test");
        await server.SettleAsync();
        Assert.Equal((60, 1), (server.World.Delivered.Distinct().Count(), site.MostOpen));
        Assert.Equal(60, server.World.Delivered.Count);
        Assert.InRange(site.Connects, 1, 12);
        // Nobody was made to wait for his turn by a refused connection.
        var list = await server.Service.ListAsync(new QueueFilter { States = [QueueState.Delivered] }, null, 100, default);
        Assert.All(list, item => Assert.Equal(1, item.Recipient.Attempts));
    }

    [Fact]
    public async Task A_peer_that_goes_on_taking_messages_gets_more_connections()
    {
        await using var server = await QueueServer.StartAsync(new QueueOptions { MaxPerDestination = 6 });
        var site = server.World["big.test"];
        site.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 200; i++) await server.SubmitAsync($"u{i}@big.test");
        await server.World.UntilAsync(() => site.Open == 4);
        var first = site.Gate;
        site.Gate = null;
        first.SetResult();
        await server.World.UntilAsync(() => site.Transactions == 200);
        await server.SettleAsync();
        Assert.Equal(200, server.World.Delivered.Distinct().Count());
        Assert.InRange(site.MostOpen, 4, 6);
    }

    [Fact]
    public async Task A_single_message_does_not_wait_for_a_mailing()
    {
        await using var server = await QueueServer.StartAsync(new QueueOptions { MaxConnections = 4, MaxPerDestination = 2, InitialPerDestination = 2 });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 20; i++)
        {
            server.World[$"d{i}.test"].Gate = gate;
            for (var n = 0; n < 5; n++) await server.SubmitAsync($"u{n}@d{i}.test");
        }
        await server.World.UntilAsync(() => server.World.Delivered.Count == 4);
        await server.SubmitAsync("one@fresh.test");
        Assert.Equal(4, server.Runner.Working);
        // The connections go round: the first that ends makes room for whom none was given yet, those with least first.
        server.Time.Advance(TimeSpan.FromSeconds(6));
        gate.SetResult();
        await server.World.UntilAsync(() => server.World.Delivered.Contains("one@fresh.test"));
        Assert.True(server.World.Delivered.ToList().IndexOf("one@fresh.test") < 20);
        await server.SettleAsync();
        Assert.Equal(101, server.World.Delivered.Distinct().Count());
    }

    [Fact]
    public async Task A_name_server_that_fails_puts_off_and_never_returns_mail_before_the_end()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Unreachable = RemoteSite.Temporary(SmtpStage.Resolve, "the name server failed");
        var id = await server.SubmitAsync("a@remote.test");
        await server.SettleAsync();
        await server.PassAsync(TimeSpan.FromDays(4.9), TimeSpan.FromHours(2));
        Assert.Equal(QueueState.Waiting, (await server.RecipientAsync(id)).State);
        await server.PassAsync(TimeSpan.FromDays(1.2), TimeSpan.FromHours(2));
        Assert.Equal(QueueState.Failed, (await server.RecipientAsync(id)).State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(3650)]
    [InlineData(-3650)]
    [Trait("Promise", "P6")]
    public async Task A_clock_that_is_set_returns_no_mail_and_sends_none_twice(int days)
    {
        await using var server = await QueueServer.StartAsync();
        var slow = server.World["slow.test"];
        slow.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.World["busy.test"].Answer = _ => RemoteSite.Temporary(SmtpStage.Rcpt, "try later", 450);
        await server.SubmitAsync("a@slow.test");
        var waiting = await server.SubmitAsync("b@busy.test");
        await server.World.UntilAsync(() => server.World.Delivered.Count == 1 && server.World["busy.test"].Transactions == 1);
        server.Time.Set(TimeSpan.FromDays(days));
        for (var i = 0; i < 40; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }
        slow.Gate.SetResult();
        await server.SettleAsync();
        await server.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(15));
        Assert.Equal(["a@slow.test"], server.World.Delivered);
        Assert.Equal(QueueState.Waiting, (await server.RecipientAsync(waiting)).State);
        server.Time.Set(TimeSpan.FromDays(-days)); // and put right again
        server.World["busy.test"].Answer = _ => null;
        await server.PassAsync(TimeSpan.FromHours(5), TimeSpan.FromMinutes(15));
        Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(waiting)).State);
    }

    /// <summary>As on a machine that gives it no turn: its leases have ended before it could prolong them.</summary>
    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_process_that_got_no_turn_takes_its_own_work_from_nobody()
    {
        await using var server = await QueueServer.StartAsync();
        var slow = server.World["slow.test"];
        slow.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await server.SubmitAsync("a@slow.test");
        await server.World.UntilAsync(() => server.World.Delivered.Count == 1);
        for (var i = 0; i < 20; i++)
        {
            server.Time.Advance(TimeSpan.FromHours(1));
            server.Destinations.Wake("slow.test");
            await Task.Yield();
        }
        slow.Gate.SetResult();
        await server.SettleAsync();
        await server.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(15));
        Assert.Equal(["a@slow.test"], server.World.Delivered);
    }

    [Fact]
    public async Task A_message_to_be_sent_later_waits_and_can_be_taken_back()
    {
        await using var server = await QueueServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var undone = await server.SubmitAsync(["a@remote.test"], message => message with { NotBefore = now.AddSeconds(10) });
        var later = await server.SubmitAsync(["b@remote.test"], message => message with { NotBefore = now.AddDays(2) });
        await server.AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.Equal(1, await server.Service.CancelAsync(new QueueFilter { Message = undone }, "moi@demo.test", default));
        await server.AdvanceAsync(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(10));
        Assert.Empty(server.World.Delivered);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["b@remote.test"], server.World.Delivered);
        Assert.Equal((QueueState.Cancelled, QueueState.Delivered), ((await server.RecipientAsync(undone)).State, (await server.RecipientAsync(later)).State));
    }

    [Fact]
    public async Task Held_mail_waits_for_its_release_and_can_go_elsewhere()
    {
        await using var server = await QueueServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var id = await server.SubmitAsync(["a@remote.test", "b@remote.test"], message => message with { NotBefore = now.AddMinutes(1) });
        Assert.Equal(2, await server.Service.HoldAsync(new QueueFilter { Message = id }, "admin", default));
        await server.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Empty(server.World.Delivered);
        Assert.Equal(1, await server.Service.RedirectAsync(new QueueFilter { Message = id, Address = "b@remote.test" }, "c@other.test", "admin", default));
        Assert.Equal(2, await server.Service.ReleaseAsync(new QueueFilter { Message = id }, "admin", default));
        await server.SettleAsync();
        Assert.Equal(["a@remote.test", "c@other.test"], server.World.Delivered.Order());
        var rows = await server.Store.Trace.FindAsync(new TraceQuery { Queue = id }, 50, default);
        var changes = rows.Where(row => row.Kind == TraceKind.QueueChanged).ToList();
        Assert.Equal(["hold", "redirect", "release"], changes.Select(row => row.Detail.First(pair => pair.Key == "action").Value));
        Assert.All(changes, row => Assert.Contains(new KeyValuePair<string, string>("by", "admin"), row.Detail));
        await Assert.ThrowsAsync<FormatException>(async () => await server.Service.RedirectAsync(new QueueFilter { Message = id }, "nowhere", "admin", default));
    }

    [Fact]
    public async Task A_stop_without_patience_gives_the_work_back_and_a_patient_one_finishes_it()
    {
        await using var server = await QueueServer.StartAsync();
        var site = server.World["slow.test"];
        site.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await server.SubmitAsync("a@slow.test");
        await server.World.UntilAsync(() => site.Transactions == 1);
        await server.RestartAsync(patiently: false);
        await server.World.UntilAsync(() => site.Transactions == 2);
        site.Gate.SetResult();
        await server.RestartAsync();
        // The host had taken it when it was broken off: one more copy, and no more.
        Assert.Equal(["a@slow.test", "a@slow.test"], server.World.Delivered);
        Assert.Equal((QueueState.Delivered, 1), ((await server.RecipientAsync(id)).State, (await server.RecipientAsync(id)).Attempts));
    }

    [Fact]
    public async Task A_lease_is_prolonged_while_a_long_transfer_goes_on()
    {
        await using var server = await QueueServer.StartAsync();
        var site = server.World["slow.test"];
        site.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await server.SubmitAsync("a@slow.test");
        await server.World.UntilAsync(() => site.Transactions == 1);
        for (var i = 0; i < 60; i++)
        {
            server.Time.Advance(Minute);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, default);
        }
        Assert.True((await server.RecipientAsync(id)).IsLeased);
        site.Gate.SetResult();
        await server.SettleAsync();
        Assert.Equal(QueueState.Delivered, (await server.RecipientAsync(id)).State);
        Assert.Single(server.World.Delivered);
    }

    [Fact]
    public async Task A_smarthost_takes_all_and_a_domain_has_its_own_way()
    {
        await using var server = await QueueServer.StartAsync();
        await server.SetAsync(SettingScope.Site, "route", new { host = "relay.test", user = "u", password = "p", domains = new Dictionary<string, object> { ["inside.test"] = new { host = "10.0.0.1" } } });
        await server.SubmitAsync("a@one.test", "b@two.test", "c@inside.test");
        await server.SettleAsync();
        Assert.Equal(2, server.World["[relay.test]:587"].MostRecipients);
        Assert.Equal(new SmarthostRoute("relay.test", 587, SmarthostTls.StartTls) { Credentials = new RouteCredentials("u", "p") }, server.World["[relay.test]:587"].Routes[0]);
        Assert.Equal(1, server.World["[10.0.0.1]:25"].Transactions);
        await server.SetAsync(SettingScope.Of(server.Account.Id), "route", new { direct = true });
        await server.SubmitAsync("a@one.test");
        await server.SettleAsync();
        Assert.Equal(1, server.World["one.test"].Transactions);
    }

    [Fact]
    public async Task A_changed_route_holds_for_what_waits_already()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["one.test"].Unreachable = RemoteSite.Temporary(SmtpStage.Connect, "connection refused");
        await server.SubmitAsync("a@one.test");
        await server.SettleAsync();
        await server.SetAsync(SettingScope.Site, "route", new { host = "relay.test" });
        await server.AdvanceAsync(Minute);
        Assert.Equal(1, server.World["[relay.test]:25"].Transactions);
        Assert.Equal(["a@one.test"], server.World.Delivered);
    }

    [Fact]
    public async Task Notify_never_and_reports_of_machines_are_kept_apart()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        var silent = await server.SubmitAsync(["a@remote.test"], notify: DsnNotify.Never);
        var machine = await server.SubmitAsync(["a@remote.test"], message => message with { Sender = "", Kind = "report" });
        await server.SettleAsync();
        Assert.All([silent, machine], id => Assert.Equal(QueueReport.None, server.RecipientAsync(id).GetAwaiter().GetResult().Owed));
    }
}
