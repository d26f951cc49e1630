using System.Net;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Storage;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static Facteur.Tests.Delivery.Reports.ReportFixture;

namespace Facteur.Tests.Delivery.Reports;

/// <summary>From one message to the report of its day.</summary>
public sealed class ReportRunTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTime time = new();
    private readonly ZoneResolver zone = new();
    private readonly Outlet outlet = new();
    private MailStore store = null!;
    private ReportLedger ledger = null!;
    private ReportRun run = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await TestStore.OpenAsync(folder.Path, time);
        ledger = new ReportLedger(store.State, zone, time, Options, NullLogger<ReportLedger>.Instance);
        run = new ReportRun(store.State, zone, () => PublicSuffixList.Parse(new StringReader("com\nexample")), time, Options, outlet, NullLogger<ReportRun>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Messages_of_a_day_make_one_report_the_day_after()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:d@example.com,mailto:x@elsewhere.example");
        for (var i = 0; i < 3; i++) await ObserveAsync("192.0.2.1");
        await ledger.FlushAsync(Cancel);
        await ObserveAsync("192.0.2.1");
        await ObserveAsync("2001:db8::7");
        await ledger.FlushAsync(Cancel);
        Assert.Equal(0, await run.RunAsync(Cancel)); // the day is not over

        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await run.RunAsync(Cancel)); // elsewhere did not consent
        var sent = Assert.Single(outlet.Sent);
        Assert.Equal(("dmarc", "example.com", "d@example.com"), (sent.Kind, sent.Domain, sent.Recipient.ToString()));
        var report = (await ReceiveAsync(sent.Message))!.Aggregate!;
        Assert.Equal((5, DateTimeOffset.Parse("2026-03-14T00:00:00Z", null), DateTimeOffset.Parse("2026-03-14T23:59:59Z", null)), (report.Messages, report.Begin, report.End));
        Assert.Equal([("192.0.2.1", 4L), ("2001:db8::7", 1L)], report.Rows.Select(row => (row.Source.ToString(), row.Count)).OrderBy(row => row.Item1));
        Assert.All(report.Rows, row => Assert.Equal((DmarcPolicy.Reject, false, true, "news.example.com"), (row.Disposition, row.DkimAligned, row.SpfAligned is false, row.HeaderFrom)));

        Assert.Equal(0, await run.RunAsync(Cancel)); // reported, and forgotten
    }

    [Fact]
    public async Task Nothing_is_kept_for_who_asks_for_nothing()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        Assert.Null(await EvaluateAsync("192.0.2.1"));
        ledger.Observe(Seen("nobody.example", TlsResultType.Success));
        await ledger.FlushAsync(Cancel);
        Assert.Empty(await store.State.SpacesAsync("", Cancel));
    }

    [Fact]
    public async Task A_report_that_nobody_takes_is_tried_again_until_it_is_too_old()
    {
        zone.Txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:d@example.com");
        await ObserveAsync("192.0.2.1");
        await ledger.FlushAsync(Cancel);
        outlet.Refuses = true;
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await run.RunAsync(Cancel));
        outlet.Refuses = false;
        Assert.Equal(1, await run.RunAsync(Cancel));

        await ObserveAsync("192.0.2.1");
        await ledger.FlushAsync(Cancel);
        zone.Fail("_dmarc.example.com", DnsStatus.Timeout);
        time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(0, await run.RunAsync(Cancel));
        Assert.Empty(await store.State.SpacesAsync("", Cancel));
    }

    [Fact]
    public async Task TLS_sessions_of_a_day_make_one_report()
    {
        zone.Txt("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:t@example.com,https://example.com/tls");
        for (var i = 0; i < 5; i++) ledger.Observe(Seen("example.com", TlsResultType.Success));
        ledger.Observe(Seen("example.com", TlsResultType.CertificateExpired));
        ledger.Observe(Seen("example.com", TlsResultType.CertificateExpired));
        ledger.Observe(new TlsObservation(time.GetUtcNow(), "example.com", TlsPolicyType.NoPolicyFound, [], [], TlsResultType.StartTlsNotSupported, "mx2.example.com", null, null, null));
        await ledger.FlushAsync(Cancel);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, await run.RunAsync(Cancel));

        var report = (await ReceiveAsync(Assert.Single(outlet.Sent).Message))!.Tls!;
        Assert.Equal(Json(report), Json(TlsReportDocument.Read(Assert.Single(outlet.Posted))));
        var sts = report.Policies.Single(policy => policy.Policy.Type == "sts");
        Assert.Equal((5, 2), (sts.Summary.Successful, sts.Summary.Failed));
        Assert.Equal(new TlsFailure("certificate-expired", "198.51.100.1", "mx1.example.com", null, "192.0.2.25", 2, null, "expired on 3 May"), Assert.Single(sts.Failures!));
        Assert.Equal(["version: STSv1", "mode: enforce", "mx: mx1.example.com"], sts.Policy.Lines!);
        Assert.Equal(("no-policy-found", 1L), report.Policies.Where(policy => policy != sts).Select(policy => (policy.Policy.Type, policy.Summary.Failed)).Single());
    }

    [Fact]
    public async Task More_domains_than_are_kept_are_not_counted()
    {
        var small = new ReportLedger(store.State, zone, time, new ReportOptions { MaxDomains = 2 }, NullLogger<ReportLedger>.Instance);
        foreach (var domain in (string[])["a.example", "b.example", "c.example", "a.example"]) small.Observe(Row() with { PolicyDomain = domain });
        await small.FlushAsync(Cancel);
        Assert.Equal(2, (await store.State.SpacesAsync("", Cancel)).Count);
        time.Advance(TimeSpan.FromDays(1));
        small.Observe(Row() with { PolicyDomain = "c.example" });
        await small.FlushAsync(Cancel);
        Assert.Equal(3, (await store.State.SpacesAsync("", Cancel)).Count);
    }

    [Fact]
    public async Task Received_reports_are_kept_by_domain_and_day()
    {
        var log = new ReceivedReportLog(store.State, time);
        var report = Report(Row(count: 7));
        await log.AddAsync("example.com", report, Cancel);
        await log.AddAsync("example.com", report, Cancel); // the same again
        await log.AddAsync("example.com", report with { Begin = report.Begin.AddDays(-40), ReportId = "older" }, Cancel);
        var found = await log.DmarcAsync("example.com", new DateOnly(2026, 3, 1), Cancel);
        Assert.Equal(Json(report), Json(Assert.Single(found)));
        Assert.Equal(2, (await log.DmarcAsync("example.com", new DateOnly(2025, 1, 1), Cancel)).Count);
        Assert.Empty(await log.DmarcAsync("other.example", new DateOnly(2025, 1, 1), Cancel));
    }

    [Fact]
    public async Task A_received_report_that_is_too_large_keeps_its_largest_rows()
    {
        var log = new ReceivedReportLog(store.State, time);
        var rows = Enumerable.Range(1, 6000).Select(i => Row($"10.0.{i / 250}.{i % 250}", i)).ToArray();
        await log.AddAsync("example.com", Report(rows), Cancel);
        var kept = Assert.Single(await log.DmarcAsync("example.com", new DateOnly(2026, 1, 1), Cancel));
        Assert.True(kept.IsCut);
        Assert.Equal((6000L, rows.Sum(row => row.Count)), (kept.Rows[0].Count, kept.Messages));
    }

    private async ValueTask ObserveAsync(string client) => ledger.Observe((await EvaluateAsync(client))!);

    private async ValueTask<DmarcObservation?> EvaluateAsync(string client)
    {
        var author = AuthorDomain.Read(1, "a@news.example.com"u8);
        var spf = new SpfResult(SpfVerdict.Pass, "evil.example", false, null, null, null);
        var evaluation = await new DmarcEvaluator(zone, () => PublicSuffixList.Parse(new StringReader("com\nexample")), new Random(1)).EvaluateAsync(author, spf, [], Cancel);
        return DmarcObservation.Of(evaluation, IPAddress.Parse(client), spf, [], "evil.example", "receiver.example", evaluation.Result.Policy);
    }

    private TlsObservation Seen(string domain, TlsResultType result) => new(
        time.GetUtcNow(), domain, TlsPolicyType.Sts, ["version: STSv1", "mode: enforce", "mx: mx1.example.com"], ["mx1.example.com"], result, "mx1.example.com",
        IPAddress.Parse("192.0.2.25"), IPAddress.Parse("198.51.100.1"), result == TlsResultType.Success ? null : "expired on 3 May");

    private sealed class Outlet : IReportOutlet
    {
        public List<OutgoingReport> Sent { get; } = [];
        public List<ReadOnlyMemory<byte>> Posted { get; } = [];
        public bool Refuses { get; set; }

        public ValueTask SendAsync(OutgoingReport report, CancellationToken cancel)
        {
            if (Refuses) throw new IOException("the queue is closed");
            Sent.Add(report);
            return default;
        }

        public ValueTask PostAsync(Uri endpoint, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancel)
        {
            Posted.Add(content);
            return default;
        }
    }
}
