using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>The leaves of all recipients of a message, each account and each address elsewhere once.</summary>
public sealed record MergedRoutes(IReadOnlyList<LocalLeaf> Local, IReadOnlyList<RemoteLeaf> Remote)
{
    /// <summary>
    /// Merges in the order of the envelope. Of two ways to one account the one that keeps more counts; reports are owed as both ways ask.
    /// An address that the sender wrote himself and that a forward leads to goes out once, as the sender wrote it.
    /// </summary>
    /// <param name="isSent">Leaves for which it is false stay out, so that they take no other's place.</param>
    public static MergedRoutes Of(IReadOnlyList<RoutedRecipient> recipients, Func<RemoteLeaf, bool>? isSent = null)
    {
        if (recipients.Count == 1) return new(recipients[0].Local, isSent is null ? recipients[0].Remote : [.. recipients[0].Remote.Where(isSent)]);
        var local = new List<LocalLeaf>();
        var remote = new List<RemoteLeaf>(recipients.Count);
        var accounts = new Dictionary<AccountId, int>();
        var addresses = new Dictionary<string, int>(recipients.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var recipient in recipients)
        {
            foreach (var leaf in recipient.Local)
                if (accounts.TryGetValue(leaf.Account.Id, out var at)) local[at] = Merge(local[at], leaf);
                else
                {
                    accounts.Add(leaf.Account.Id, local.Count);
                    local.Add(leaf);
                }
            foreach (var leaf in recipient.Remote)
                if (isSent is not null && !isSent(leaf)) continue;
                else if (addresses.TryGetValue(leaf.Address, out var at)) remote[at] = Merge(remote[at], leaf);
                else
                {
                    addresses.Add(leaf.Address, remote.Count);
                    remote.Add(leaf);
                }
        }
        return new(local, remote);
    }

    private static LocalLeaf Merge(LocalLeaf one, LocalLeaf other) => one with
    {
        Keep = (ForwardKeep)Math.Min((byte)one.Keep, (byte)other.Keep), Notify = Merge(one.Notify, other.Notify), Detail = one.Detail ?? other.Detail,
    };

    private static RemoteLeaf Merge(RemoteLeaf one, RemoteLeaf other) =>
        (one.Via is not null && other.Via is null ? other : one) with { Notify = Merge(one.Notify, other.Notify) };

    // Unstated asks for failures (RFC 3461 §4.1).
    private static DsnNotify Merge(DsnNotify one, DsnNotify other)
    {
        if (one == other) return one;
        if (one == DsnNotify.Never) return other;
        if (other == DsnNotify.Never) return one;
        var merged = one | other;
        return one == DsnNotify.Unstated || other == DsnNotify.Unstated ? merged | DsnNotify.Failure : merged;
    }
}
