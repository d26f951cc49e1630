using Facteur.Accounts;
using Facteur.Mail;
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

/// <summary>The plain way: the mailbox of the address, or its host; where the address is gone, whoever sent the message.</summary>
public sealed class ReversePath(RecipientDirectory directory) : IReversePath
{
    public async ValueTask<ReportPlaces> FindAsync(string sender, AccountId? account, CancellationToken cancel)
    {
        if (!MailAddress.TryParse(sender, out var address)) return Owner(account);
        var found = await directory.ResolveAsync(address.LocalPart, address.Domain, cancel);
        return found.Kind switch
        {
            RecipientKind.Local or RecipientKind.Unavailable when found.Account is { } own => new ReportPlaces([own.Id], []),
            RecipientKind.Foreign => new ReportPlaces([], [sender]),
            _ => Owner(account),
        };
    }

    private static ReportPlaces Owner(AccountId? account) => new(account is { } owner ? [owner] : [], []);
}
