using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Email/import: messages out of blobs (RFC 8621 §4.8). The same message may be there more than once, as IMAP has it: each import is an email of its own, and
/// alreadyExists, which §4.8 asks for where duplicates are forbidden, is never answered.
/// </summary>
internal sealed class EmailImport() : JmapMethod("Email/import", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "ifInState", "emails");
        var emails = JmapArguments.Object(call.Arguments, "emails") ?? throw JmapMethodException.InvalidArguments("emails is missing");
        Check(call, emails);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var wanted = JmapArguments.String(call.Arguments, "ifInState");
        if (wanted is not null && wanted != new JmapState(snapshot.ModSeq).ToString()) throw new JmapMethodException("stateMismatch");
        await using var adding = new EmailAdding(call, account, snapshot, wanted is null ? null : snapshot.ModSeq);
        try
        {
            foreach (var email in emails.EnumerateObject()) await ImportAsync(call, account, snapshot, adding, email, cancel);
            await adding.FinishAsync(cancel);
        }
        catch (Exception e) when (adding.HasCreated && e is not (OperationCanceledException or JmapMethodException))
        {
            throw new JmapPartialFailException(e);
        }
        call.Answer.WriteStartObject();
        call.Answer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        await adding.WriteAsync(call.Answer, cancel);
        call.Answer.WriteEndObject();
    }

    private static void Check(JmapCall call, JsonElement emails)
    {
        var count = 0;
        foreach (var email in emails.EnumerateObject())
        {
            if (!JmapSetArguments.IsId(email.Name) || email.Value.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("emails is not a map of one object for each creation id");
            if (++count > call.Services.Limits.MaxObjectsInSet) throw new JmapMethodException("requestTooLarge", "more objects than maxObjectsInSet");
        }
    }

    private static async ValueTask ImportAsync(
        JmapCall call, JmapAccount account, AccountSnapshot snapshot, EmailAdding adding, JsonProperty email, CancellationToken cancel)
    {
        try
        {
            var reader = new JmapObjectReader(email.Value);
            reader.Only("blobId", "mailboxIds", "keywords", "receivedAt");
            var placement = EmailPlacement.Read(reader, call.Request, snapshot);
            var blobId = reader.String("blobId");
            await using var blob = JmapBlobId.TryParse(blobId is null ? null : call.Request.ResolveId(blobId), out var id) ? await JmapBlobs.OpenAsync(call, account, id, cancel) : null;
            if (blob is null) reader.Invalid("blobId", "there is no such blob");
            reader.Check();
            if (!await MessageCheck.IsMessageAsync(blob!.Source, cancel)) throw new JmapSetException(new JmapSetError("invalidEmail", "the blob is not a message"));
            var (message, received) = await ImportedMessage.TakeAsync(call.Services.Store, blob.Source, mend: true, cancel);
            var targets = placement.Targets(placement.Flags ?? FlagSet.Empty, placement.ReceivedAt ?? received ?? call.Services.Time.GetUtcNow());
            await adding.AddAsync(email.Name, message, targets, cancel);
        }
        catch (JmapSetException e)
        {
            adding.Refuse(email.Name, e.Error);
        }
        catch (StoreFullException)
        {
            adding.Refuse(email.Name, new JmapSetError("overQuota", "the server has no room"));
        }
    }
}
