using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>Is there room in a mailbox?</summary>
internal static class Quotas
{
    /// <summary>Is there room for so many octets? Null is yes. A limit of 0 takes no mail at all.</summary>
    public static async ValueTask<SmtpRefusal?> CheckAsync(MailStore store, AccountRecord account, long octets, CancellationToken cancel)
    {
        if (account.QuotaOctets is not { } limit) return null;
        if (octets > limit) return Refusals.NeverFits;
        var quota = await store.GetQuotaAsync(account.Id, cancel);
        return quota.UsedOctets >= limit || quota.UsedOctets + octets > limit ? Refusals.OverQuota : null;
    }
}
