using Facteur.Accounts;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Queue;

/// <summary>Where reports about a sender's messages go: mailboxes here, and addresses on other hosts. Neither: nobody can be told.</summary>
public sealed record ReportPlaces(IReadOnlyList<AccountId> Accounts, IReadOnlyList<string> Addresses);

/// <summary>Says where the way back to a sender leads.</summary>
public interface IReversePath
{
    /// <param name="sender">Reverse-path of the message, not empty.</param>
    /// <param name="account">Whose message it was, if anybody's here.</param>
    ValueTask<ReportPlaces> FindAsync(string sender, AccountId? account, CancellationToken cancel);
}

/// <summary>
/// The way that mail to the sender takes: mailboxes, aliases, forwards, and back through addresses that forwarded mail was rewritten to.
/// Where the address is gone, whoever sent the message.
/// </summary>
public sealed class ReversePath(RecipientRouter router) : IReversePath
{
    public async ValueTask<ReportPlaces> FindAsync(string sender, AccountId? account, CancellationToken cancel)
    {
        if (!MailAddress.TryParse(sender, out var address)) return Owner(account);
        var routed = await router.RouteAsync(new EnvelopeRecipient(EnvelopeAddress.Of(address), DsnNotify.Never, null), "", cancel);
        if (routed.Local.Count + routed.Remote.Count == 0) return Owner(account);
        return new ReportPlaces(
            [.. routed.Local.Where(leaf => leaf.Keep != ForwardKeep.Delete).Select(leaf => leaf.Account.Id).Distinct()],
            [.. routed.Remote.Select(leaf => leaf.Address).Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    private static ReportPlaces Owner(AccountId? account) => new(account is { } owner ? [owner] : [], []);
}
