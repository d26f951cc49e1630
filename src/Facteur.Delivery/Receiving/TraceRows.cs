using System.Globalization;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Tracing;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>Makes the rows that tell how a message came in.</summary>
internal static class TraceRows
{
    /// <param name="account">Whose row it is; null for administrators alone.</param>
    public static TraceEvent Accepted(DateTimeOffset at, SmtpPeer peer, Envelope envelope, string messageId, string recipient, AccountId? account, AuthenticationSummary? summary, FilterVerdict? verdict) =>
        new(at, TraceKind.Accepted, account, envelope.Id, messageId, SenderOf(envelope), recipient, Origin(peer, summary, verdict, account).Values);

    public static TraceEvent Refused(DateTimeOffset at, SmtpPeer peer, Envelope envelope, string recipient, AccountId? account, SmtpRefusal refusal, AuthenticationSummary? summary, FilterVerdict? verdict)
    {
        var detail = Origin(peer, summary, verdict, account)
            .Add(TraceDetail.Code, string.Create(CultureInfo.InvariantCulture, $"{refusal.Code} {refusal.EnhancedCode}"))
            .Add(TraceDetail.Reason, refusal.Text);
        return new(at, TraceKind.Refused, account, envelope.Id, "", SenderOf(envelope), recipient, detail.Values);
    }

    public static TraceEvent Stored(DateTimeOffset at, Envelope envelope, string messageId, string recipient, AccountId account, MailboxRole role, FilterVerdict? verdict)
    {
        var detail = new TraceDetail().Add(TraceDetail.Mailbox, role == MailboxRole.Inbox ? "INBOX" : role.ToString());
        if (verdict?.For(account) is { Action: FilterAction.Junk }) detail.Add(TraceDetail.Reason, TraceReason.Of(verdict, account));
        return new(at, TraceKind.Stored, account, envelope.Id, messageId, SenderOf(envelope), recipient, detail.Values);
    }

    public static TraceEvent Queued(DateTimeOffset at, Envelope envelope, string messageId, string recipient, AccountId? account, DateTimeOffset? notBefore) =>
        new(at, TraceKind.Queued, account, envelope.Id, messageId, SenderOf(envelope), recipient, new TraceDetail().Add(TraceDetail.NotBefore, notBefore).Values);

    public static TraceEvent Forwarded(DateTimeOffset at, Envelope envelope, string messageId, AccountId? account, string to) =>
        new(at, TraceKind.Forwarded, account, envelope.Id, messageId, SenderOf(envelope), "", new TraceDetail().Add(TraceDetail.To, to).Values);

    private static string SenderOf(Envelope envelope) => envelope.Sender?.ToString() ?? "";

    private static TraceDetail Origin(SmtpPeer peer, AuthenticationSummary? summary, FilterVerdict? verdict, AccountId? account)
    {
        var detail = new TraceDetail().Add(TraceDetail.Hello, peer.Hello).Add(TraceDetail.Remote, peer.Remote.Address.ToString())
            .Add(TraceDetail.Account, peer.Account?.Address).Add(TraceDetail.Tls, peer.TlsProtocol);
        if (summary is not null)
        {
            detail.Add(TraceDetail.Spf, summary.Spf is { } spf ? Word(spf.Verdict) : null).Add(TraceDetail.Dmarc, summary.Dmarc is { } dmarc ? Word(dmarc.Verdict) : null)
                .Add(TraceDetail.Dkim, summary.Dkim is { Count: > 0 } dkim ? string.Join(", ", dkim.Select(one => $"{Word(one.Verdict)} ({one.Domain})")) : null)
                .Add(TraceDetail.Arc, summary.Arc is { Verdict: not ArcVerdict.None } arc ? Word(arc.Verdict) : null);
        }
        if (verdict is null || ReferenceEquals(verdict, FilterVerdict.Unchecked)) return detail;
        var score = account is { } id ? verdict.For(id).Score : verdict.Score;
        return detail.Add(TraceDetail.Score, score.ToString("0.0#", CultureInfo.InvariantCulture));
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
