using Facteur.Delivery.Authentication;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Delivery.Vacation;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>What a message that came in brings about beside its delivery, to be committed with it: replies of who is away, and what a report says of mail that was sent before.</summary>
internal sealed class SideEffects(MailHandoff handoff, Envelope envelope, MessageIntake message, MessageFacts facts, AuthenticationSummary summary) : IAsyncDisposable
{
    private readonly List<Storage.Delivery> deliveries = [];

    /// <summary>Messages to be committed too.</summary>
    public IReadOnlyList<Storage.Delivery> Deliveries => deliveries;

    /// <summary>Rows of the trace to be committed too.</summary>
    public List<TraceEvent> Rows { get; } = [];

    public async ValueTask FindAsync(List<RoutedRecipient> recipients, FilterVerdict verdict, CancellationToken cancel)
    {
        if (envelope.Sender is null || PartTable.Parse(facts.Parts.Span) is { Type: "multipart", Subtype: "report" }) await BindReportAsync(recipients, cancel);
        if (envelope.Sender is not null) await ReplyAsync(recipients, verdict, cancel);
        if (recipients.Exists(routed => routed.Recipient.Address.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase))) await KeepReportAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var delivery in deliveries) await delivery.Message.DisposeAsync();
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
        // Complaints come from somebody (RFC 6650 §5.5); what tells of deliveries does not (RFC 3461 §6.1).
        if (envelope.Sender is not null && report.Complaint is null) return;
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

    private async ValueTask ReplyAsync(List<RoutedRecipient> recipients, FilterVerdict verdict, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? header = null;
        foreach (var account in recipients.SelectMany(routed => routed.Local).Select(local => local.Account).DistinctBy(account => account.Id))
        {
            if (await handoff.Services.Settings.VacationAsync(account.Id, cancel) is null) continue;
            header ??= await ReadHeaderAsync(message, facts, cancel);
            var isJunk = verdict.For(account.Id).Action == FilterAction.Junk;
            if (await handoff.Services.Vacation.ReplyAsync(account, envelope.Sender!.ToString(), header.Value, isJunk, cancel) is not { } reply) continue;
            var own = new OwnMessage(account.Id, account.Address, [reply.To], reply.Content, "vacation", reply.MessageId, reply.Subject)
            {
                Body = reply.Body, NeedsSmtpUtf8 = reply.NeedsSmtpUtf8, Transaction = envelope.Id,
            };
            if (await handoff.Services.Own.PrepareAsync(own, cancel) is not { } delivery) continue;
            deliveries.Add(delivery);
            Rows.Add(VacationResponder.Trace(reply, envelope.Id, facts.MessageId?.Trim('<', '>') ?? "", handoff.Time.GetUtcNow()));
        }
    }
}
