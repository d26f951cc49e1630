using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Delivery;

/// <summary>
/// Where the mailboxes of an account are that delivery puts messages into. They are remembered: an INBOX is never deleted or replaced but with its
/// account. Another mailbox may be; then the store refuses the id, the sender tries again, and it is looked for anew.
/// </summary>
internal sealed class Inboxes(MailStore store)
{
    // 100,000 entries of some 100 octets; past that it starts anew.
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<(AccountId, MailboxRole), MailboxId> known = new();
    private int count;

    /// <param name="role">Inbox, Junk or Archive; the last two are made when they are missing. Null: the account is gone.</param>
    public ValueTask<MailboxId?> FindAsync(AccountId account, MailboxRole role, CancellationToken cancel) =>
        known.TryGetValue((account, role), out var mailbox) ? new(mailbox) : LookAsync(account, role, cancel);

    public void Forget(AccountId account)
    {
        foreach (var role in (MailboxRole[])[MailboxRole.Inbox, MailboxRole.Junk, MailboxRole.Archive])
            if (known.TryRemove((account, role), out _)) Interlocked.Decrement(ref count);
    }

    private async ValueTask<MailboxId?> LookAsync(AccountId account, MailboxRole role, CancellationToken cancel)
    {
        var mailbox = role == MailboxRole.Inbox ? await store.FindMailboxAsync(account, "INBOX", cancel) : await FindOrMakeAsync(account, role, cancel);
        if (mailbox is null) return null;
        if (Volatile.Read(ref count) >= MaxRemembered)
        {
            known.Clear();
            Volatile.Write(ref count, 0);
        }
        if (known.TryAdd((account, role), mailbox.Id)) Interlocked.Increment(ref count);
        return mailbox.Id;
    }

    private async ValueTask<Mailbox?> FindOrMakeAsync(AccountId account, MailboxRole role, CancellationToken cancel)
    {
        var mailboxes = await store.ListMailboxesAsync(account, cancel);
        if (mailboxes.Count == 0) return null;
        if (mailboxes.FirstOrDefault(mailbox => mailbox.Role == role && mailbox.Selectable) is { } found) return found;
        var name = role.ToString();
        try
        {
            return await store.CreateMailboxAsync(account, name, role, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.AlreadyExists)
        {
            // One of that name without the role: its owner made it for the same purpose.
            return await store.FindMailboxAsync(account, name, cancel) is { Selectable: true } named ? named : await store.FindMailboxAsync(account, "INBOX", cancel);
        }
    }
}
