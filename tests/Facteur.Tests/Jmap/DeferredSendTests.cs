using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Jmap;

/// <summary>Undo send and send later (RFC 8621 §7, RFC 4865): nobody has the message before its time, and then everybody has it once.</summary>
public sealed class DeferredSendTests
{
    private const string Ten = """{"HOLDFOR": "10"}""";

    private static string Id(JsonElement created) => created.GetProperty("id").GetString()!;

    private static string Delivered(JsonElement submission, string address) => submission.GetProperty("deliveryStatus").GetProperty(address).GetProperty("delivered").GetString()!;

    [Fact]
    public async Task Within_its_time_a_message_is_taken_back_from_all_also_from_mailboxes_here()
    {
        await using var server = await SendingServer.StartAsync();
        var created = await server.SendAsync("bob@example.com, jane@example.org", Ten);
        Assert.Equal(("pending", "2026-03-14T09:27:03Z"), (created.GetProperty("undoStatus").GetString(), created.GetProperty("sendAt").GetString()));
        await server.AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.Empty(await server.InboxAsync(server.Bob));
        var before = await server.GetAsync(Id(created));
        Assert.Equal(("queued", "queued"), (Delivered(before, "bob@example.com"), Delivered(before, "jane@example.org")));
        Assert.Equal(JsonValueKind.Object, (await server.UndoAsync(Id(created))).GetProperty("updated").ValueKind);
        await server.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Empty(await server.InboxAsync(server.Bob));
        Assert.Empty(server.World.Delivered);
        var after = await server.GetAsync(Id(created));
        Assert.Equal(("canceled", "no"), (after.GetProperty("undoStatus").GetString(), Delivered(after, "bob@example.com")));
    }

    [Fact]
    public async Task When_its_time_has_come_it_goes_to_all_signed_and_cannot_be_taken_back()
    {
        await using var server = await SendingServer.StartAsync();
        await server.Delivery.Keys.EnsureAsync((await server.Store.Directory.FindDomainAsync("example.com", default))!, default);
        var created = await server.SendAsync("bob@example.com, jane@example.org, carl@example.net", Ten);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10));
        var message = Assert.Single(await server.InboxAsync(server.Bob));
        Assert.StartsWith("Return-Path: <ada@example.com>\r\nReceived: by mail.example.com with HTTP id ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc", message, StringComparison.Ordinal);
        Assert.Equal(["carl@example.net", "jane@example.org"], server.World.Delivered.Order());
        Assert.All(server.World.Messages, one => Assert.StartsWith("DKIM-Signature: v=1;", one.Text, StringComparison.Ordinal));
        Assert.All(server.World.Messages, one => Assert.DoesNotContain("Bcc", one.Text, StringComparison.Ordinal));
        var refused = await server.UndoAsync(Id(created));
        Assert.Equal("cannotUnsend", refused.GetProperty("notUpdated").GetProperty(Id(created)).GetProperty("type").GetString());
        var got = await server.GetAsync(Id(created));
        Assert.Equal(("final", "yes", "unknown"), (got.GetProperty("undoStatus").GetString(), Delivered(got, "bob@example.com"), Delivered(got, "jane@example.org")));

        // One entry from beginning to end, and one message of the day's limits.
        Assert.Single((await server.QueueAsync()).DistinctBy(item => item.Message.Id));
        Assert.Equal(1, (await server.Store.Queue.CountSinceAsync(server.Ada.Id, DateTimeOffset.MinValue.AddYears(2000), default)).Messages);
    }

    [Fact]
    public async Task What_is_to_be_sent_later_waits_over_a_restart()
    {
        await using var server = await SendingServer.StartAsync();
        var created = await server.SendAsync("bob@example.com, jane@example.org", """{"HOLDUNTIL": "2026-03-21T08:00:00Z"}""");
        Assert.Equal("2026-03-21T08:00:00Z", created.GetProperty("sendAt").GetString());
        await server.AdvanceAsync(TimeSpan.FromDays(3));
        await server.RestartAsync();
        await server.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Empty(await server.InboxAsync(server.Bob));
        Assert.Equal("pending", (await server.GetAsync(Id(created))).GetProperty("undoStatus").GetString());
        await server.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Single(await server.InboxAsync(server.Bob));
        Assert.Equal(["jane@example.org"], server.World.Delivered);
        await server.RestartAsync();
        await server.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Single(await server.InboxAsync(server.Bob));
        Assert.Single(server.World.Delivered);
    }

    // whatever moment the process dies at, a message is in a mailbox and settled, or neither; the next process delivers the rest once.
    [Fact]
    public async Task A_crash_between_leaves_each_message_waiting_or_delivered_never_twice()
    {
        const int Count = 30;
        await using var server = await SendingServer.StartAsync();
        for (var i = 0; i < Count; i++) await server.SendAsync("bob@example.com, jane@example.org", Ten);
        await server.SettleAsync();
        var copies = new List<SendingServer> { await server.CrashCopyAsync() };
        server.Time.Advance(TimeSpan.FromSeconds(10));
        for (var cut = 0; cut < 4; cut++)
        {
            await server.World.UntilAsync(() => server.World.Delivered.Count >= cut * Count / 4);
            copies.Add(await server.CrashCopyAsync());
        }
        await server.SettleAsync();
        copies.Add(await server.CrashCopyAsync());
        foreach (var copy in copies)
            await using (copy)
            {
                var bob = await copy.Accounts.GetAccountAsync("bob@example.com", default);
                var settled = (await copy.QueueAsync()).Count(item => item.Recipient is { Address: "bob@example.com", State: QueueState.Delivered });
                Assert.Equal(settled, (await copy.InboxAsync(bob)).Count);
                await copy.RunAsync();
                await copy.SettleAsync();
                Assert.Equal(Count, (await copy.InboxAsync(bob)).Count);
                Assert.All(await copy.QueueAsync(), item => Assert.Equal(QueueState.Delivered, item.Recipient.State));
            }
        Assert.Equal(Count, (await server.InboxAsync(server.Bob)).Count);
    }

    [Fact]
    public async Task Recipients_lead_to_where_they_lead_when_its_time_has_come()
    {
        await using var server = await SendingServer.StartAsync();
        await server.Accounts.AddAliasAsync("team@example.com", ["bob@example.com"], null, default);
        await server.Accounts.AddAccountAsync("gone@example.com", "gone", "correct horse battery", default);
        var created = await server.SendAsync("team@example.com, gone@example.com", Ten);
        await server.Accounts.SetAliasTargetsAsync("team@example.com", ["bob@example.com", "extern@example.org"], default);
        await server.Accounts.RemoveAccountAsync("gone@example.com", default);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Single(await server.InboxAsync(server.Bob));
        Assert.Equal(["extern@example.org"], server.World.Delivered);
        Assert.StartsWith("Delivered-To: team@example.com\r\n", server.World.Messages[0].Text, StringComparison.Ordinal);
        var got = await server.GetAsync(Id(created));
        Assert.Equal(("no", "unknown"), (Delivered(got, "gone@example.com"), Delivered(got, "team@example.com")));
        Assert.Contains("5.1.1", got.GetProperty("deliveryStatus").GetProperty("gone@example.com").GetProperty("smtpReply").GetString(), StringComparison.Ordinal);
        Assert.Equal(QueueReport.Failure, Assert.Single(await server.QueueAsync(), item => item.Recipient.Address == "gone@example.com").Recipient.Owed);
    }

    [Fact]
    public async Task A_mailbox_that_is_full_waits_by_itself()
    {
        await using var server = await SendingServer.StartAsync();
        var created = await server.SendAsync("bob@example.com, jane@example.org", Ten);
        await server.SendAsync("bob@example.com");
        await server.Accounts.SetQuotaAsync("bob@example.com", 400, default);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["jane@example.org"], server.World.Delivered);
        Assert.Single(await server.InboxAsync(server.Bob));
        var got = await server.GetAsync(Id(created));
        Assert.Equal(("final", "queued"), (got.GetProperty("undoStatus").GetString(), Delivered(got, "bob@example.com")));
        Assert.Contains("mailbox is full", got.GetProperty("deliveryStatus").GetProperty("bob@example.com").GetProperty("smtpReply").GetString(), StringComparison.Ordinal);
        await server.Accounts.SetQuotaAsync("bob@example.com", null, default);
        await server.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await server.InboxAsync(server.Bob)).Count);
        Assert.Equal("yes", Delivered(await server.GetAsync(Id(created)), "bob@example.com"));
    }

    [Fact]
    public async Task An_account_that_was_switched_off_sends_nothing_any_more()
    {
        await using var server = await SendingServer.StartAsync();
        await server.SendAsync("bob@example.com, jane@example.org", Ten);
        await server.Accounts.SetEnabledAsync("ada@example.com", false, default);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(await server.InboxAsync(server.Bob));
        Assert.Empty(server.World.Delivered);
        Assert.All(await server.QueueAsync(), item => Assert.Equal(QueueState.Failed, item.Recipient.State));
    }

    [Fact]
    public async Task A_report_of_success_is_owed_when_it_arrived_and_not_before()
    {
        await using var server = await SendingServer.StartAsync();
        await server.SendAsync("bob@example.com", Ten, """{"NOTIFY": "SUCCESS"}""");
        Assert.Equal(QueueReport.None, Assert.Single(await server.QueueAsync()).Recipient.Owed);
        await server.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(QueueReport.Success, Assert.Single(await server.QueueAsync()).Recipient.Owed);
    }

    [Fact]
    public async Task An_administrator_may_send_it_now()
    {
        await using var server = await SendingServer.StartAsync();
        var created = await server.SendAsync("bob@example.com", """{"HOLDFOR": "3600"}""");
        await server.Store.Queue.ChangeAsync(new QueueFilter { Account = server.Ada.Id }, QueueChange.Retry, null, null, default);
        await server.SettleAsync();
        Assert.Single(await server.InboxAsync(server.Bob));
        Assert.Equal("final", (await server.GetAsync(Id(created))).GetProperty("undoStatus").GetString());
    }

    // S-24 and the wire: what comes by SMTP with HOLDFOR takes the same road.
    [Fact]
    public async Task A_message_that_is_held_by_SMTP_waits_for_mailboxes_here_too()
    {
        await using var server = await SendingServer.StartAsync();
        var now = server.Time.GetUtcNow();
        var nowhere = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0);
        var peer = new Facteur.Smtp.SmtpPeer(
            Facteur.Smtp.SmtpMode.Submission, "c", nowhere, nowhere, "pc", true, "TLS1.3", null, new Account(server.Ada.Id, server.Ada.Address, "Ada"));
        Assert.True(Facteur.Smtp.EnvelopeAddress.TryParse("ada@example.com", out var sender));
        Assert.True(Facteur.Smtp.EnvelopeAddress.TryParse("bob@example.com", out var bob));
        var envelope = new Facteur.Smtp.Envelope { Id = "c-1", Sender = sender, Release = Facteur.Smtp.HoldRequest.For("60", now) };
        await using (var transaction = server.Handoff.Open(peer, envelope))
        {
            var recipient = new Facteur.Smtp.EnvelopeRecipient(bob, Facteur.Mail.DsnNotify.Unstated, null);
            Assert.Null(await transaction.CheckSenderAsync(default) ?? await transaction.CheckRecipientAsync(recipient, default));
            envelope.Add(recipient);
            Assert.Null(await transaction.BeginMessageAsync(default));
            Assert.True(await transaction.WriteAsync("From: ada@example.com\r\n\r\nx\r\n"u8.ToArray(), default));
            var verdict = await transaction.CompleteAsync(default);
            Assert.Empty(verdict.Receipt!.Entries);
            Assert.Single(verdict.Receipt.Queued);
        }
        await server.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Empty(await server.InboxAsync(server.Bob));
        await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("Received: from pc", Assert.Single(await server.InboxAsync(server.Bob)), StringComparison.Ordinal);
    }
}
