using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Delivery;

/// <summary>
/// Where the inbox of an account is. It is remembered: an INBOX is never deleted or replaced but with its account, and then the
/// store refuses the id.
/// </summary>
internal sealed class Inboxes(MailStore store)
{
    // 100,000 entries of some 100 octets; past that it starts anew.
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<AccountId, MailboxId> known = new();
    private int count;

    public ValueTask<MailboxId?> FindAsync(AccountId account, CancellationToken cancel) =>
        known.TryGetValue(account, out var inbox) ? new(inbox) : LookAsync(account, cancel);

    public void Forget(AccountId account)
    {
        if (known.TryRemove(account, out _)) Interlocked.Decrement(ref count);
    }

    private async ValueTask<MailboxId?> LookAsync(AccountId account, CancellationToken cancel)
    {
        var mailbox = await store.FindMailboxAsync(account, "INBOX", cancel);
        if (mailbox is null) return null;
        if (Volatile.Read(ref count) >= MaxRemembered)
        {
            known.Clear();
            Volatile.Write(ref count, 0);
        }
        if (known.TryAdd(account, mailbox.Id)) Interlocked.Increment(ref count);
        return mailbox.Id;
    }
}
