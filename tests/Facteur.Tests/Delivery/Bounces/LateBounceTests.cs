using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Tests.Delivery.Recipients;

namespace Facteur.Tests.Delivery.Bounces;

public sealed class LateBounceTests
{
    [Fact]
    public async Task A_report_that_comes_back_to_its_sender_stands_beside_the_message()
    {
        await using var site = await RouterFixture.CreateAsync();
        var sent = await SendAsync(site, "jean@example.net", "marie@example.net");
        var bound = await Late(site).BindAsync(Report(sent, "Jean@example.net"), ["claire@exemple.fr"], default);
        Assert.Equal(sent.Id, bound!.Message.Id);
        var row = Assert.Single(bound.Trace);
        Assert.Equal((TraceKind.ReportReceived, sent.Account, sent.Transaction, sent.MessageId, "jean@example.net", sent.Id), (row.Kind, row.Account, row.Transaction, row.MessageId, row.Recipient, row.Queue));
        Assert.Equal([new("action", "failed"), new("status", "5.1.1"), new("answer", "550 5.1.1 no such user"), new("host", "mx.example.net")], row.Detail);
        // By a sub-address, by the envelope id, and by the address as it was first written.
        Assert.NotNull(await Late(site).BindAsync(Report(sent, "jean@example.net"), ["claire+x@exemple.fr"], default));
        Assert.NotNull(await Late(site).BindAsync(Report(sent, "jean@example.net") with { MessageId = null, EnvelopeId = "E1" }, ["claire@exemple.fr"], default));
        Assert.NotNull(await Late(site).BindAsync(Report(sent, "elsewhere@example.org", "jean@example.net"), ["claire@exemple.fr"], default));
    }

    [Fact]
    public async Task Forged_reports_are_not_believed()
    {
        await using var site = await RouterFixture.CreateAsync();
        var sent = await SendAsync(site, "jean@example.net", "marie@example.net");
        var late = Late(site);
        Assert.Null(await late.BindAsync(Report(sent, "jean@example.net"), ["jean@exemple.fr"], default));
        Assert.Null(await late.BindAsync(Report(sent, "victim@example.net"), ["claire@exemple.fr"], default));
        Assert.Null(await late.BindAsync(Report(sent, "jean@example.net") with { MessageId = "other@exemple.fr" }, ["claire@exemple.fr"], default));
        Assert.Null(await late.BindAsync(Report(sent, "jean@example.net") with { MessageId = null }, ["claire@exemple.fr"], default));
        var waiting = await SendAsync(site, deliver: false, "jean@example.net");
        Assert.Null(await late.BindAsync(Report(waiting, "jean@example.net"), ["claire@exemple.fr"], default));
    }

    [Fact]
    public async Task An_address_that_fails_again_and_again_is_suppressed_for_its_sender()
    {
        await using var site = await RouterFixture.CreateAsync();
        var suppression = new SuppressionList(site.Store.State, site.Time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(await suppression.ListAsync(SettingScope.Of((await site.AccountAsync("claire@exemple.fr")).Id), null, 10, default));
            var sent = await SendAsync(site, "jean@example.net");
            await Late(site).BindAsync(Report(sent, "jean@example.net"), ["claire@exemple.fr"], default);
        }
        Assert.Equal("jean@example.net", Assert.Single(await suppression.ListAsync(SettingScope.Of((await site.AccountAsync("claire@exemple.fr")).Id), null, 10, default)).Address);
    }

    [Fact]
    public async Task A_complaint_is_bound_wherever_it_arrives()
    {
        await using var site = await RouterFixture.CreateAsync();
        var sent = await SendAsync(site, "jean@example.net", "marie@example.net");
        var complaint = new ReceivedReport("", null, sent.MessageId, "", [new("", null, ReportAction.Complaint, "", "abuse (X)", "")], new Complaint("abuse", "X", "claire@exemple.fr", "", ""));
        var row = Assert.Single((await Late(site).BindAsync(complaint, ["abuse@exemple.fr"], default))!.Trace);
        Assert.Equal(("", new KeyValuePair<string, string>("action", "complaint")), (row.Recipient, row.Detail[0]));
        var named = complaint with { Recipients = [new("marie@example.net", null, ReportAction.Complaint, "", "abuse (X)", "")] };
        Assert.Equal("marie@example.net", (await Late(site).BindAsync(named, ["abuse@exemple.fr"], default))!.Trace[0].Recipient);
        Assert.Equal("complaint", (await new SuppressionList(site.Store.State, site.Time).ListAsync(SettingScope.Of(sent.Account!.Value), null, 10, default))[0].By);
    }

    [Fact]
    public async Task An_id_in_the_envelope_sender_binds_what_names_nothing()
    {
        await using var site = await RouterFixture.CreateAsync();
        var verp = Verp(site);
        var sent = await SendAsync(site, "jean@example.net");
        Assert.Equal("claire@exemple.fr", await verp.SenderAsync(sent, default));
        await site.Administration.SetBouncesAsync("exemple.fr", new BounceSetting(true), default);
        var sender = await verp.SenderAsync(sent, default);
        Assert.Matches(@"^claire\+fctb-[0-9a-f]+-[a-z2-7]{8}@exemple.fr$", sender);
        Assert.Equal((sent.Id, "claire@exemple.fr"), await verp.ReadAsync(sender.ToUpperInvariant().Replace("CLAIRE", "claire", StringComparison.Ordinal).Replace("EXEMPLE.FR", "exemple.fr", StringComparison.Ordinal), default));
        Assert.Equal("claire", (await site.LeadsToAsync(sender, "")).Split('+')[0]);
        var unnamed = new ReceivedReport("mx.example.org", null, null, "", [new("behind@example.org", null, ReportAction.Failed, "5.2.2", "full", "")], null);
        var row = Assert.Single((await Late(site).BindAsync(unnamed, [sender], default))!.Trace);
        Assert.Equal("jean@example.net", row.Recipient);
        Assert.Null(await Late(site).BindAsync(unnamed, [sender[..^12] + (sender[^12] == 'a' ? "b" : "a") + "@exemple.fr"], default));
        // Mail of others, reports and long names go as they are.
        Assert.Equal("", await verp.SenderAsync(sent with { Sender = "", Kind = "report" }, default));
        var longName = $"{new string('c', 50)}@exemple.fr";
        Assert.Equal(longName, await verp.SenderAsync(sent with { Sender = longName }, default));
    }

    private static Verp Verp(RouterFixture site) => new(site.Secrets, site.Directory, new AccountSettings(site.Store.Settings));

    private static LateBounces Late(RouterFixture site) =>
        new(site.Store.Queue, site.Directory, Verp(site), new SuppressionList(site.Store.State, site.Time), site.Time);

    private static ReceivedReport Report(QueueMessage about, string recipient, string? original = null) =>
        new("mx.example.net", null, about.MessageId, "", [new(recipient, original, ReportAction.Failed, "5.1.1", "550 5.1.1 no such user", "")], null);

    private static Task<QueueMessage> SendAsync(RouterFixture site, params string[] recipients) => SendAsync(site, deliver: true, recipients);

    private static async Task<QueueMessage> SendAsync(RouterFixture site, bool deliver, params string[] recipients)
    {
        var account = await site.AccountAsync("claire@exemple.fr");
        var message = new QueueMessage
        {
            Account = account.Id, Transaction = "t1", Sender = "claire@exemple.fr", MessageId = $"{Guid.NewGuid():N}@exemple.fr", EnvelopeId = deliver ? "E1" : null, Created = site.Time.GetUtcNow(),
        };
        await using var intake = site.Store.BeginMessage(null);
        await intake.WriteAsync("Subject: x\r\n\r\ntext\r\n"u8.ToArray(), default);
        await intake.CompleteAsync(default);
        var receipt = await site.Store.DeliverAsync(
            [new Facteur.Storage.Delivery(intake, []) { Queued = [new(message, [.. recipients.Select(one => new NewQueueRecipient(one, "example.net", DsnNotify.Unstated, null))])] }], default);
        var id = receipt.Queued[0];
        while (deliver && await site.Store.Queue.LeaseAsync("example.net", site.Time.GetUtcNow().AddMinutes(1), site.Time.GetUtcNow().AddMinutes(9), 100, default) is { } lease)
            await site.Store.Queue.RecordAsync(lease, [.. lease.Recipients.Select(one => new AttemptResult(
                one.Id, QueueState.Delivered, null, QueueReport.None, site.Time.GetUtcNow(), TimeSpan.Zero, "mx.example.net", "250 ok", 250, "2.0.0", ""))], [], default);
        return (await site.Store.Queue.FindAsync(id, default))!;
    }
}
