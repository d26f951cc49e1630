using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// EmailSubmission/set (RFC 8621 §7.5): to create one is to send an email. One is created only by the receipt of the commit that delivers and queues the
/// message and notes the submission, so that there is no success without it.
/// </summary>
internal sealed class EmailSubmissionSet() : JmapSetMethod("EmailSubmission/set", JmapCapabilities.Submission)
{
    protected override IReadOnlyList<string> MoreArguments => ["onSuccessUpdateEmail", "onSuccessDestroyEmail"];

    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        new(new Submissions(call, account, SuccessActions.Read(call)));

    private sealed class Submissions(JmapCall call, JmapAccount account, SuccessActions actions) : JmapSetObjects
    {
        private readonly MailStore store = call.Services.Store;

        public override async ValueTask<string> StateAsync(CancellationToken cancel) => NumberedState.Of(await store.Submissions.StateAsync(account.Id, cancel));

        public override async ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel)
        {
            var sending = call.Services.Sending ?? throw new JmapSetException(new JmapSetError("forbiddenToSend", "this server sends no mail"));
            var reader = new JmapObjectReader(value);
            reader.Only("identityId", "emailId", "envelope");
            var identity = await FindIdentityAsync(reader, cancel);
            var email = await FindEmailAsync(reader, cancel);
            var given = reader.Object("envelope");
            reader.Check();
            if (email!.Value.Size > call.Services.Limits.MaxSizeSubmission) throw new JmapSetException(SubmissionErrors.TooLarge(call.Services.Limits));
            await using var message = await StoredDraft.OpenAsync(store, email.Value.Body, cancel) ?? throw new JmapSetException(JmapSetError.Invalid("emailId", "the email is gone"));
            var now = call.Services.Time.GetUtcNow();
            var envelope = given is { } sent ? SubmissionEnvelope.Read(sent, now) : SubmissionEnvelope.Of(message.Header.Span, identity!);
            SubmissionErrors.Check(envelope, call.Services.Limits, now);
            var submitted = await SendAsync(sending, message, envelope, identity!, email.Value, cancel);
            actions.Succeeded("#" + creationId, email.Value.Id);
            return await CreatedAsync(submitted, given is null, cancel);
        }

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            var record = await FindAsync(id, cancel);
            var view = await SubmissionView.LoadAsync(store, record, withReports: false, cancel);
            var reader = new JmapObjectReader(default);
            foreach (var entry in patch.Entries)
                if (entry.Path is not ["undoStatus"]) reader.Invalid(entry.Property, $"{entry.Property} cannot be changed");
            reader.Check();
            if (patch.Entries.Count > 0) await UndoAsync(view, patch.Entries[0].Value, cancel);
            actions.Succeeded(id, record.Email);
            return null;
        }

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            var record = await FindAsync(id, cancel);
            if (!await store.Submissions.RemoveAsync(account.Id, record.Id, cancel)) throw new JmapSetException(JmapSetError.NotFound);
            actions.Succeeded(id, record.Email);
        }

        public override ValueTask CompleteAsync(JmapSetAnswer answer, CancellationToken cancel)
        {
            actions.Follow(call, account);
            return ValueTask.CompletedTask;
        }

        private async ValueTask<Identity?> FindIdentityAsync(JmapObjectReader reader, CancellationToken cancel)
        {
            if (reader.String("identityId") is { } id && await IdentityType.FindAsync(call, account, id, cancel) is { } identity) return identity;
            reader.Invalid("identityId", "the account has no such identity");
            return null;
        }

        private async ValueTask<EmailRow?> FindEmailAsync(JmapObjectReader reader, CancellationToken cancel)
        {
            var snapshot = await store.Emails.LookAsync(account.Id, cancel);
            if (reader.String("emailId") is { } id && JmapIds.TryRead(call.Request.ResolveId(id), out EmailId email) && snapshot.TryFind(email, out var row)) return row;
            reader.Invalid("emailId", "the account has no such email");
            return null;
        }

        private async ValueTask<Submitted> SendAsync(
            StoredSubmission sending, StoredDraft message, SubmissionEnvelope envelope, Identity identity, EmailRow email, CancellationToken cancel)
        {
            var user = call.Request.User;
            var request = new SubmissionRequest(user.Account, message)
            {
                MailFrom = envelope.MailFrom, Recipients = envelope.Recipients, Identity = identity, Return = envelope.Return, EnvelopeId = envelope.EnvelopeId,
                RequireTls = envelope.RequireTls, Release = envelope.Release, Remote = user.Remote,
                Note = (routed, sendAt, isDeferred) => new SubmissionDraft(
                    account.Id, email.Id, email.Thread, identity.Id, sendAt, SubmissionDocument.Write(envelope, routed, isDeferred)),
            };
            return await sending.SendAsync(request, cancel) switch
            {
                Submitted submitted => submitted,
                NotSubmitted refused => throw new JmapSetException(SubmissionErrors.Of(refused)),
                _ => throw new InvalidOperationException("an outcome of another kind"),
            };
        }

        private async ValueTask<JmapCreated> CreatedAsync(Submitted submitted, bool withEnvelope, CancellationToken cancel)
        {
            // Only the commit gives the id.
            var id = submitted.Receipt.Submissions[0];
            if (await store.Submissions.FindAsync(account.Id, id, cancel) is not { } record) return new JmapCreated(JmapIds.Of(id));
            var view = await SubmissionView.LoadAsync(store, record, withReports: false, cancel);
            return new JmapCreated(JmapIds.Of(id), writer => view.WriteServerSet(writer, withEnvelope));
        }

        private async ValueTask<SubmissionRecord> FindAsync(string id, CancellationToken cancel) =>
            JmapIds.TryRead(id, out SubmissionId submission) && await store.Submissions.FindAsync(account.Id, submission, cancel) is { } record
                ? record
                : throw new JmapSetException(JmapSetError.NotFound);

        private async ValueTask UndoAsync(SubmissionView view, JsonElement wanted, CancellationToken cancel)
        {
            var status = view.UndoStatus;
            if (wanted.ValueKind == JsonValueKind.String && wanted.ValueEquals(status)) return;
            if (wanted.ValueKind != JsonValueKind.String || !wanted.ValueEquals("canceled"u8))
                throw new JmapSetException(JmapSetError.Invalid("undoStatus", "undoStatus can be set to \"canceled\" only"));
            if (!view.IsWhole || view.Record.Queue is not { } queue || !await store.Queue.WithdrawAsync(queue, call.Request.User.UserName, cancel))
                throw new JmapSetException(new JmapSetError("cannotUnsend", "the message has left"));
        }
    }
}
