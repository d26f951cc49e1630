using Facteur.Storage.Embedded.Reading;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <inheritdoc/>
internal sealed class EmbeddedEmails(EmbeddedStore store, AccountViews views, ReaderPool readers) : EmailStore
{
    public override async ValueTask<AccountSnapshot> LookAsync(AccountId account, CancellationToken cancel) => await views.LookAsync(account, cancel);

    public override async ValueTask<AccountChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel)
    {
        var snapshot = await views.LookAsync(account, cancel);
        if (since.CompareTo(snapshot.ModSeq) > 0) return null;
        if (since == snapshot.ModSeq) return new AccountChanges([], [], snapshot);
        return store.Read(reader => AccountDifference.Tombstones(reader, account, since, snapshot.ModSeq)) is { } gone
            ? new AccountDifference(snapshot, since).Build(gone)
            : null;
    }

    public override EmailDetailReader ReadDetails(AccountId account, IReadOnlyList<EmailId> emails, EmailFields fields) =>
        new EmbeddedEmailDetails(readers, account, emails, fields);

    public override async ValueTask<EmailsUpdated> UpdateAsync(AccountId account, ModSeq? ifState, IReadOnlyList<EmailUpdate> updates, AccountId? person, CancellationToken cancel)
    {
        IReadOnlyList<EmailsMoved> moves = [];

        // Moving to Trash is how people make room.
        var grows = updates.Any(update => !update.Destroy && (update.ReplaceMailboxes?.Count > 1 || update.AddTo.Count > update.RemoveFrom.Count));
        var updated = await store.WriteAsync(
            session =>
            {
                var run = new UpdateEmails(session, account, person);
                var result = run.Run(ifState, updates);
                moves = run.Moves();
                return result;
            },
            grows, cancel);
        store.Announce(moves);
        return updated;
    }

    public override async ValueTask UpdateMailboxAsync(MailboxId mailbox, MailboxUpdate update, CancellationToken cancel)
    {
        var normal = update.Name is { } name ? update with { Name = MailboxName.Normalize(name) } : update;
        await store.WriteAsync(
            session =>
            {
                UpdateMailbox.Run(session, mailbox, normal);
                return true;
            },
            grows: normal.Name is not null, cancel);
    }

    public override ValueTask<IReadOnlyList<RemovedEmail>> ListRemovedAsync(AccountId account, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(reader => RemovedEmails.List(reader, account, max)));
    }

    public override async ValueTask<int> RestoreAsync(AccountId account, IReadOnlyList<EmailId> emails, MailboxId mailbox, CancellationToken cancel)
    {
        var restored = 0;
        foreach (var chunk in emails.Distinct().Chunk(RemovedEmails.Together))
        {
            var found = store.Read(reader => RemovedEmails.Find(reader, account, mailbox, chunk));
            restored += await RestoreAsync(found, mailbox, cancel);
        }
        return restored;
    }

    private async ValueTask<int> RestoreAsync(IReadOnlyList<RemovedEmail> removed, MailboxId mailbox, CancellationToken cancel)
    {
        var messages = new List<(MessageIntake Message, RemovedEmail Removed)>(removed.Count);
        try
        {
            foreach (var one in removed)
                if (await store.ReopenAsync(one.Body, cancel) is { } message) messages.Add((message, one));
            if (messages.Count == 0) return 0;
            await store.DeliverAsync([.. messages.Select(one => new Delivery(one.Message, [new DeliveryTarget(mailbox, new FlagSet(MessageFlags.Seen, []), one.Removed.Received)]))], cancel);
            // A crash before this lists them once more.
            await store.WriteAsync(session => RemovedEmails.Forget(session, [.. messages.Select(one => one.Removed.Email)]), grows: false, cancel);
            return messages.Count;
        }
        finally
        {
            foreach (var (message, _) in messages) await message.DisposeAsync();
        }
    }

    public override async ValueTask<IReadOnlyList<EmailId>> SearchTextAsync(AccountId account, string foldedNeedle, bool withHeaders, CancellationToken cancel)
    {
        var snapshot = await views.LookAsync(account, cancel);
        var emails = new long[snapshot.Count];
        var count = 0;
        for (var chunk = 0; chunk < snapshot.ChunkCount; chunk++)
            foreach (ref readonly var row in snapshot.Chunk(chunk)) emails[count++] = row.Id.Value;
        if (count == 0) return [];
        var found = await store.Search.FindEmailsAsync(account, emails, foldedNeedle, withHeaders, cancel);
        return found.Count == count ? Array.ConvertAll(emails, email => new EmailId(email)) : [.. found.Order().Select(email => new EmailId(email))];
    }
}
