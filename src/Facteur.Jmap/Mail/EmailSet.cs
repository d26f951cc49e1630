using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Email/set (RFC 8621 §4.6): creates drafts, changes keywords and mailboxes, destroys. All changes and destructions of a call are one commit of the
/// store; each message that is created is one.
/// </summary>
internal sealed class EmailSet() : JmapMethod("Email/set", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        var arguments = JmapSetArguments.Read(call);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        if (arguments.IfInState is { } wanted && wanted != new JmapState(snapshot.ModSeq).ToString()) throw new JmapMethodException("stateMismatch");
        var run = new Run(call, account, snapshot, arguments.IfInState is null ? null : snapshot.ModSeq);
        try
        {
            foreach (var (creationId, value) in arguments.Create) await run.CreateAsync(creationId, value, cancel);
            await run.ChangeAsync(arguments, cancel);
        }
        catch (Exception e) when (run.Answer.HasChanges && e is not (OperationCanceledException or JmapMethodException))
        {
            throw new JmapPartialFailException(e);
        }
        run.Answer.Write(call.Answer, JmapIds.Of(account.Id), run.States.Old, run.States.New);
    }

    private sealed class Run(JmapCall call, JmapAccount account, AccountSnapshot snapshot, ModSeq? ifState)
    {
        private readonly MailStore store = call.Services.Store;
        private readonly EmailComposer composer = new(call, account);

        public JmapSetAnswer Answer { get; } = new();

        public StateSpan States { get; } = new(snapshot.ModSeq);

        public async ValueTask CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            try
            {
                var draft = EmailDraft.Read(new JmapObjectReader(value), call.Request, snapshot);
                await using var message = await composer.ComposeAsync(draft, cancel);
                var receivedAt = draft.ReceivedAt ?? call.Services.Time.GetUtcNow();
                var targets = draft.Mailboxes.Select(mailbox => new DeliveryTarget(mailbox, draft.Flags, receivedAt)).ToArray();
                var receipt = await store.DeliverAsync([new Facteur.Storage.Delivery(message, targets) { IfState = Answer.HasChanges ? null : ifState, Person = call.Request.User.Person }], cancel);
                await NoteCreatedAsync(creationId, receipt.Entries[0], message.Length, cancel);
            }
            catch (Exception e) when (JmapSetError.TryOf(e, out var error))
            {
                Answer.NotCreated(creationId, error);
            }
            catch (StoreRefusedException e) when (e.Reason == StoreRefusal.StateMismatch)
            {
                throw new JmapMethodException("stateMismatch");
            }
            catch (StoreRefusedException e) when (e.Reason == StoreRefusal.NoSuchMailbox)
            {
                Answer.NotCreated(creationId, JmapSetError.Invalid("mailboxIds", "a mailbox is gone"));
            }
        }

        private async ValueTask NoteCreatedAsync(string creationId, StoredEntry entry, long size, CancellationToken cancel)
        {
            States.Add(new ModSeq(entry.ModSeq.Value - 1), entry.ModSeq);
            var id = JmapIds.Of(entry.Email);
            call.Request.Created(creationId, id);
            // Null when somebody else destroyed it at once.
            var thread = (await store.Emails.LookAsync(account.Id, cancel)).TryFind(entry.Email, out var row) ? JmapIds.Of(row.Thread) : null;
            Answer.Created(creationId, id, writer =>
            {
                writer.WriteString("blobId"u8, JmapBlobId.Of(entry.Email).ToString());
                writer.WriteString("threadId"u8, thread);
                writer.WriteNumber("size"u8, size);
            });
        }

        public async ValueTask ChangeAsync(JmapSetArguments arguments, CancellationToken cancel)
        {
            if (arguments.Update.Count + arguments.Destroy.Count == 0) return;
            // With what was created just now.
            var now = Answer.HasChanges ? await store.Emails.LookAsync(account.Id, cancel) : snapshot;
            var updates = new List<EmailUpdate>(arguments.Update.Count + arguments.Destroy.Count);
            var doomed = arguments.Destroy.Select(id => call.Request.ResolveId(id) ?? id).ToHashSet(StringComparer.Ordinal);
            foreach (var (sent, patch) in arguments.Update) ReadUpdate(call.Request.ResolveId(sent) ?? sent, patch, doomed, now, updates);
            foreach (var id in doomed)
                if (JmapIds.TryRead(id, out EmailId email) && now.TryFind(email, out _)) updates.Add(new EmailUpdate(email) { Destroy = true });
                else Answer.NotDestroyed(id, JmapSetError.NotFound);
            if (updates.Count == 0) return;
            await UpdateAsync(Answer.HasChanges ? null : ifState, updates, cancel);
        }

        private void ReadUpdate(string id, JsonElement patch, HashSet<string> doomed, AccountSnapshot now, List<EmailUpdate> updates)
        {
            try
            {
                if (!JmapIds.TryRead(id, out EmailId email)) throw new JmapSetException(JmapSetError.NotFound);
                if (doomed.Contains(id)) throw new JmapSetException(new JmapSetError("willDestroy"));
                updates.Add(EmailPatch.Read(JmapPatch.Read(patch), email, call.Request, now));
            }
            catch (JmapSetException e)
            {
                Answer.NotUpdated(id, e.Error);
            }
        }

        private async ValueTask UpdateAsync(ModSeq? state, List<EmailUpdate> updates, CancellationToken cancel)
        {
            EmailsUpdated done;
            try
            {
                done = await store.Emails.UpdateAsync(account.Id, state, updates, call.Request.User.Person, cancel);
            }
            catch (StoreRefusedException e) when (e.Reason == StoreRefusal.StateMismatch)
            {
                throw new JmapMethodException("stateMismatch");
            }
            for (var i = 0; i < updates.Count; i++) Note(updates[i], done.Outcomes[i]);
            States.Add(done.Before, done.After);
        }

        private void Note(EmailUpdate update, EmailOutcome outcome)
        {
            var id = JmapIds.Of(update.Email);
            var error = outcome switch
            {
                EmailOutcome.Done or EmailOutcome.Unchanged => null,
                EmailOutcome.NotFound => JmapSetError.NotFound,
                EmailOutcome.NoSuchMailbox => JmapSetError.Invalid("mailboxIds", "a mailbox is gone"),
                EmailOutcome.NoMailbox => JmapSetError.Invalid("mailboxIds", "an email is in a mailbox at least"),
                EmailOutcome.TooManyMailboxes => new JmapSetError("overQuota", "the account has no room for a mailbox of what comes back later"),
                EmailOutcome.TooManyKeywords => new JmapSetError("tooManyKeywords", "a mailbox has no room for another keyword"),
                _ => throw new InvalidOperationException($"the store answered {outcome}"),
            };
            if (update.Destroy)
                if (error is null) Answer.Destroyed(id);
                else Answer.NotDestroyed(id, error);
            else if (error is null) Answer.Updated(id, null);
            else Answer.NotUpdated(id, error);
        }
    }
}
