using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Domains;
using Facteur.Net.Dns;
using Facteur.Server.Running;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over what DNS says of the domains: records, checks, DKIM keys.</summary>
internal sealed class DomainVerbs(AccountService accounts, DomainSetups setups, DomainCheck check, DkimKeyRing keys, DnsResolver dns)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("dns.show", ShowAsync),
        ("dns.check", CheckAsync),
        ("dkim.list", ListKeysAsync),
        ("dkim.rotate", RotateAsync),
    ];

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await RequireAsync(request, cancel);
        await keys.EnsureAsync(domain, cancel);
        var records = DomainRecords.For(await setups.OfAsync(domain, cancel), all: request.Find("all") is not null);
        return ControlReply.Done(records.Select(RecordView.Of).ToList());
    }

    private async ValueTask<ControlReply> CheckAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await RequireAsync(request, cancel);
        await keys.EnsureAsync(domain, cancel);
        var language = CultureInfo.GetCultureInfo(request.Find("lang") ?? "en");
        var findings = new List<FindingView>();
        await foreach (var finding in check.RunAsync(await setups.OfAsync(domain, cancel), cancel)) findings.Add(FindingView.Of(finding, language));
        var exit = findings.Exists(one => one.State == nameof(FindingState.Fault)) ? ExitCode.Failed
            : findings.Exists(one => one.State != nameof(FindingState.Ok)) ? ExitCode.Degraded : ExitCode.Ok;
        return ControlReply.Done(findings, exit);
    }

    private async ValueTask<ControlReply> ListKeysAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await RequireAsync(request, cancel);
        return ControlReply.Done((await keys.ListAsync(domain, cancel)).Select(KeyView.Of).ToList());
    }

    private async ValueTask<ControlReply> RotateAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await RequireAsync(request, cancel);
        var outcome = await keys.RotateAsync(domain, IsPublishedAsync, request.Find("force") is not null, cancel);
        var setup = await setups.OfAsync(domain, cancel);
        var lines = DomainRecords.For(setup).Where(line => line.Purpose == RecordPurpose.Dkim).Select(RecordView.Of).ToList();
        return ControlReply.Done(new RotationView(outcome.ToString(), [.. (await keys.ListAsync(domain, cancel)).Select(KeyView.Of)], lines),
            outcome == DkimRotation.NotPublished ? ExitCode.Degraded : ExitCode.Ok);
    }

    private async ValueTask<bool> IsPublishedAsync(Delivery.Authentication.Dkim.DkimKey key, CancellationToken cancel)
    {
        var answer = await dns.QueryAsync(key.RecordName, DnsType.Txt, cancel);
        return Delivery.Authentication.Dkim.DkimRecord.Fault(key, [.. answer.Records.OfType<TxtRecordData>().Select(data => data.Text)]) is null;
    }

    private ValueTask<DomainRecord> RequireAsync(ControlRequest request, CancellationToken cancel) => accounts.GetDomainAsync(request.Require("name"), cancel);
}

/// <summary>A record as verbs show it.</summary>
/// <param name="ZoneLine">To be put into a zone file as it is.</param>
internal sealed record RecordView(string Purpose, string Owner, string Type, string Value, string Level, bool Offered, string ZoneLine)
{
    public static RecordView Of(DomainRecordLine line) => new(
        line.Purpose.ToString(), line.Owner, line.Type.ToString().ToUpperInvariant(), line.Value, line.Level.ToString().ToLowerInvariant(), line.IsOffered, line.ZoneLine());
}

/// <summary>What a check found.</summary>
internal sealed record FindingView(string Purpose, string Owner, string Type, string State, string Code, string Found, string Expected, string Problem, string ZoneLine)
{
    public static FindingView Of(DomainFinding finding, CultureInfo language) => new(
        finding.Record.Purpose.ToString(), finding.Record.Owner, finding.Record.Type.ToString().ToUpperInvariant(), finding.State.ToString(), finding.Code, finding.Found,
        finding.Record.Value, finding.Problem(language), finding.Record.ZoneLine());
}

/// <summary>A DKIM key without its secret.</summary>
internal sealed record KeyView(string Selector, string Algorithm, string State, DateTimeOffset Since)
{
    public static KeyView Of(StoredDkimKey key) => new(key.Selector, key.Algorithm.ToString(), key.State.ToString(), key.Since);
}

/// <param name="Records">All DKIM records that DNS is to hold now.</param>
internal sealed record RotationView(string Outcome, IReadOnlyList<KeyView> Keys, IReadOnlyList<RecordView> Records);
