using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>Suppression list and daily limits.</summary>
public sealed class SubmissionRulesTests
{
    [Fact]
    public async Task A_suppressed_address_is_not_written_to_and_the_sender_hears_why()
    {
        await using var server = await QueueServer.StartAsync();
        await server.Suppressed.AddAsync(SettingScope.Of(server.Account.Id), "No@Remote.test", "asked for no mail", "moi@demo.test", default);
        await server.Suppressed.AddAsync(SettingScope.Site, "spamtrap@remote.test", "a trap", "admin", default);
        var id = await server.SubmitAsync("no@remote.TEST", "spamtrap@remote.test", "yes@remote.test");
        await server.SettleAsync();
        Assert.Equal(["yes@remote.test"], server.World.Delivered);
        Assert.Equal([QueueState.Failed, QueueState.Failed, QueueState.Delivered], (await server.RecipientsAsync(id)).Select(recipient => recipient.State));
        var report = Assert.Single(await server.InboxAsync(1));
        Assert.Contains("asked for no mail", report, StringComparison.Ordinal);
        Assert.True(await server.Suppressed.RemoveAsync(SettingScope.Of(server.Account.Id), "no@remote.test", default));
        Assert.False(await server.Suppressed.RemoveAsync(SettingScope.Of(server.Account.Id), "no@remote.test", default));
        Assert.Empty(await server.Suppressed.ListAsync(SettingScope.Of(server.Account.Id), null, 10, default));
        Assert.Equal("spamtrap@remote.test", Assert.Single(await server.Suppressed.ListAsync(SettingScope.Site, null, 10, default)).Address);
    }

    [Fact]
    public async Task The_third_refusal_for_good_puts_an_address_on_the_list()
    {
        await using var server = await QueueServer.StartAsync();
        server.World["remote.test"].Answer = _ => RemoteSite.Permanent();
        for (var i = 0; i < 3; i++)
        {
            await server.SubmitAsync("gone@remote.test");
            await server.SettleAsync();
        }
        Assert.Equal(3, server.World["remote.test"].Transactions);
        var entry = Assert.Single(await server.Suppressed.ListAsync(SettingScope.Of(server.Account.Id), null, 10, default));
        Assert.Equal(("gone@remote.test", "bounce"), (entry.Address, entry.By));
        await server.SubmitAsync("gone@remote.test");
        await server.SettleAsync();
        Assert.Equal(3, server.World["remote.test"].Transactions);
    }

    [Fact]
    public async Task Limits_of_a_day_are_refused_with_their_end_and_end_then()
    {
        await using var server = await QueueServer.StartAsync();
        await server.SetAsync(SettingScope.Site, "limits", new { recipientsPerDay = 5, newRecipientsPerDay = 2 });
        await server.SetAsync(SettingScope.Of(server.Account.Id), "limits", new { messagesPerDay = 2 });
        var limits = server.Outbound.Limits;

        using (var first = limits.Open(server.Account.Id))
        {
            Assert.Null(await first.AddAsync("a@x.test", default));
            Assert.Null(await first.AddAsync("b@x.test", default));
            var refused = await first.AddAsync("c@x.test", default);
            Assert.Equal("450 4.7.1 limit of 2 new recipients a day reached; it goes on at 2026-03-15 00:00 +00:00", refused!.ToString());
        }
        // What was not sent counts nothing; what is under way counts for others.
        using var second = limits.Open(server.Account.Id);
        Assert.Null(await second.AddAsync("a@x.test", default));
        using var third = limits.Open(server.Account.Id);
        Assert.Null(await third.AddAsync("b@x.test", default));
        using var fourth = limits.Open(server.Account.Id);
        Assert.Contains("2 messages", (await fourth.AddAsync("a@x.test", default))!.Text, StringComparison.Ordinal);
        await server.SubmitAsync("a@x.test");
        second.Commit();
        await second.WriteAsync(default);
        third.Dispose();

        // Known correspondents are not new; the day's recipients are counted from the queue, by another process too.
        await server.Store.State.SetAsync($"correspondent:{server.Account.Id.Value}", [new StateEntry("old@x.test", 1)], default);
        var other = new SendingLimits(server.Store.Queue, server.Store.State, server.Store.Settings, server.Store.Directory, server.Time);
        using (var fifth = other.Open(server.Account.Id))
        {
            Assert.Null(await fifth.AddAsync("old@x.test", default));
            Assert.Null(await fifth.AddAsync("new@x.test", default));
            Assert.Contains("new recipients", (await fifth.AddAsync("newer@x.test", default))!.Text, StringComparison.Ordinal);
        }
        server.Time.Advance(TimeSpan.FromHours(15));
        using var tomorrow = limits.Open(server.Account.Id);
        Assert.Null(await tomorrow.AddAsync("a@x.test", default));
    }

    [Fact]
    public async Task A_limit_of_nothing_is_for_good()
    {
        await using var server = await QueueServer.StartAsync();
        await server.SetAsync(SettingScope.Of(server.Account.Id), "limits", new { messagesPerDay = 0 });
        using var allowance = server.Outbound.Limits.Open(server.Account.Id);
        Assert.Equal(550, (await allowance.AddAsync("a@x.test", default))!.Code);
    }

    [Fact]
    public async Task Recipients_without_a_domain_are_told_and_destinations_are_names()
    {
        await using var server = await QueueServer.StartAsync();
        var submission = await server.Outbound.PrepareAsync(
            new QueueMessage { Transaction = "t", Sender = "moi@demo.test", Account = server.Account.Id },
            [new("a@Exämple.test"), new("b@[192.0.2.1]"), new("\"a@b\"@x.test"), new("c@bad_domain")], default);
        Assert.Equal(["xn--exmple-cua.test", "[192.0.2.1]", "x.test", ""], submission.Recipients.Select(recipient => recipient.Destination));
        Assert.Equal((QueueState.Failed, QueueReport.Failure), (submission.Recipients[3].State, submission.Recipients[3].Report));
        Assert.Equal(server.Time.GetUtcNow(), submission.Message.Created);
    }
}
