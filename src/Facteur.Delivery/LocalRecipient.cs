using Facteur.Accounts;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery;

/// <summary>A recipient of the envelope and the account it leads to.</summary>
/// <param name="Detail">Sub-address (RFC 5233), for filters; the message goes to INBOX all the same.</param>
internal sealed record LocalRecipient(EnvelopeRecipient Recipient, AccountRecord Account, string? Detail);

/// <summary>Says whether mail for a recipient is taken (S-24: only mail for ours, whoever sends).</summary>
internal static class RecipientCheck
{
    /// <summary>The account, or the refusal; one of them is null.</summary>
    public static async ValueTask<(LocalRecipient? Local, SmtpRefusal? Refusal)> RunAsync(
        MailHandoff handoff, SmtpPeer peer, Envelope envelope, EnvelopeRecipient recipient, CancellationToken cancel)
    {
        var found = await ResolveAsync(handoff, recipient.Address, cancel);
        switch (found.Kind)
        {
            case RecipientKind.UnknownUser:
                return (null, Refusals.UnknownUser);
            case RecipientKind.Unavailable:
                return (null, Refusals.Unavailable);
            case RecipientKind.Foreign:
                return (null, peer.Account is null ? Refusals.RelayDenied : Refusals.NoRelay);
        }
        var account = found.Account!;
        if (account.QuotaOctets is { } limit && await QuotaAsync(handoff, account.Id, limit, envelope.DeclaredSize ?? 0, cancel) is { } full)
            return (null, full);
        return (new LocalRecipient(recipient, account, found.Detail), null);
    }

    /// <summary>Is there room for so many octets? Null is yes. A limit of 0 takes no mail at all.</summary>
    public static async ValueTask<SmtpRefusal?> QuotaAsync(MailHandoff handoff, AccountId account, long limit, long octets, CancellationToken cancel)
    {
        if (octets > limit) return Refusals.NeverFits;
        var quota = await handoff.Store.GetQuotaAsync(account, cancel);
        return quota.UsedOctets >= limit || quota.UsedOctets + octets > limit ? Refusals.OverQuota : null;
    }

    private static async ValueTask<RecipientResolution> ResolveAsync(MailHandoff handoff, EnvelopeAddress address, CancellationToken cancel)
    {
        if (address.IsAddressLiteral) return new(RecipientKind.Foreign, null, null);
        if (address.Domain.Length > 0) return await handoff.Recipients.ResolveAsync(address.LocalPart, address.Domain, cancel);
        // "postmaster" without a domain is the postmaster of this host (RFC 5321 §4.5.1): of its name, or of the domain above.
        var host = handoff.Options.HostName;
        var own = await handoff.Recipients.ResolveAsync(address.LocalPart, host, cancel);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        if (own.Kind == RecipientKind.Foreign && dot >= 0) own = await handoff.Recipients.ResolveAsync(address.LocalPart, host[(dot + 1)..], cancel);
        return own.Kind == RecipientKind.Foreign ? new(RecipientKind.UnknownUser, null, null) : own;
    }
}
