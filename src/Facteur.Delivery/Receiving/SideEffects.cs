using Facteur.Delivery.Authentication;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>What a message that came in tells of others, to be committed with it: what a report says of mail that was sent before.</summary>
internal sealed class SideEffects(MailHandoff handoff, Envelope envelope, MessageIntake message, MessageFacts facts, AuthenticationSummary summary)
{
    /// <summary>Rows of the trace to be committed too.</summary>
    public List<TraceEvent> Rows { get; } = [];

    public async ValueTask FindAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (envelope.Sender is null || PartTable.Parse(facts.Parts.Span) is { Type: "multipart", Subtype: "report" }) await BindReportAsync(recipients, cancel);
        if (recipients.Exists(routed => routed.Recipient.Address.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase))) await KeepReportAsync(cancel);
    }

    /// <summary>The start of the header as it came: 64 KiB are enough for who decides by it.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadHeaderAsync(IMessageSource message, MessageFacts facts, CancellationToken cancel)
    {
        var header = new byte[(int)Math.Min(facts.HeaderSize, 64 * 1024)];
        var read = 0;
        while (read < header.Length && await message.ReadAsync(read, header.AsMemory(read), cancel) is var step and > 0) read += step;
        return header.AsMemory(0, read);
    }

    /// <summary>A report of another host, about mail that went from here: beside that mail in its owner's trace.</summary>
    private async ValueTask BindReportAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (await ReportReader.ReadAsync(message, cancel) is not { } report) return;
        // Complaints come from somebody (RFC 6650 §5.5); what tells of deliveries does not (RFC 3461 §6.1). Receipts must not either
        // (RFC 8098 §3), but many programs have to send them with their own address.
        if (envelope.Sender is { } sender && report.Complaint is null && !(report.IsReceipt && sender.ToString().Equals(report.ReceiptFrom, StringComparison.OrdinalIgnoreCase))) return;
        // Who it is from is all that a receipt is worth: a domain that says it is not from there is believed.
        if (report.IsReceipt && summary.Dmarc is { Verdict: DmarcVerdict.Fail }) return;
        var bound = await handoff.Services.LateBounces.BindAsync(report, [.. recipients.Select(routed => routed.Recipient.Address.ToString())], cancel);
        if (bound is not null) Rows.AddRange(bound.Trace);
    }

    /// <summary>What another host reports on mail in the name of our domains (DMARC) and on TLS with us, for the administrator's pages.</summary>
    private async ValueTask KeepReportAsync(CancellationToken cancel)
    {
        var report = await IncomingDomainReport.ReadAsync(message, PartTable.Parse(facts.Parts.Span), cancel);
        if (report is { Aggregate: { } aggregate } && await OursAsync(aggregate.Policy.Domain, cancel) is { } domain)
            await handoff.Services.ReceivedReports.AddAsync(domain, aggregate, cancel);
        // RFC 8460 §3: a report on TLS counts only when a signature vouches for who wrote it.
        if (report is { Tls: { } tls } && summary.Dkim is { } signatures && signatures.Any(one => one.Verdict == DkimVerdict.Pass))
            foreach (var policy in tls.Policies.DistinctBy(policy => policy.Policy.Domain))
                if (await OursAsync(policy.Policy.Domain, cancel) is { } ours) await handoff.Services.ReceivedReports.AddAsync(ours, tls, cancel);
    }

    /// <summary>The domain if it is one of ours: what is said of others is nobody's business here.</summary>
    private async ValueTask<string?> OursAsync(string domain, CancellationToken cancel) =>
        Accounts.DomainName.Normalize(domain) is { } name && await handoff.Store.Directory.FindDomainAsync(name, cancel) is not null ? name : null;
}
