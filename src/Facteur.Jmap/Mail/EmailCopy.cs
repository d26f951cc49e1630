using System.Buffers;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Email/copy: emails of another account (RFC 8621 §4.7, RFC 8620 §5.4). An email that is there already is there once more.</summary>
internal sealed class EmailCopy() : JmapMethod("Email/copy", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        var from = await call.Request.FindAccountAsync(JmapArguments.RequireString(call.Arguments, "fromAccountId"), cancel) ?? throw new JmapMethodException("fromAccountNotFound");
        JmapArguments.Only(call.Arguments, "fromAccountId", "ifFromInState", "accountId", "ifInState", "create", "onSuccessDestroyOriginal", "destroyFromIfInState");
        var create = ReadCreate(call);
        // The same account is no other one: within it an email is put into mailboxes.
        if (from.Id == account.Id && create.Count > 0) throw JmapMethodException.InvalidArguments("fromAccountId and accountId are the same");
        var (source, target) = (await LookAsync(call, from, "ifFromInState", cancel), await LookAsync(call, account, "ifInState", cancel));
        var (destroy, destroyIfInState) = (JmapArguments.Bool(call.Arguments, "onSuccessDestroyOriginal") ?? false, JmapArguments.String(call.Arguments, "destroyFromIfInState"));
        var originals = new Dictionary<string, EmailId>(StringComparer.Ordinal);
        await using var adding = new EmailAdding(call, account, target, JmapArguments.String(call.Arguments, "ifInState") is null ? null : target.ModSeq);
        try
        {
            foreach (var (creationId, value) in create)
                if (await CopyAsync(call, source, target, adding, creationId, value, cancel) is { } original) originals[creationId] = original;
            await adding.FinishAsync(cancel);
        }
        catch (Exception e) when (adding.HasCreated && e is not (OperationCanceledException or JmapMethodException))
        {
            throw new JmapPartialFailException(e);
        }
        call.Answer.WriteStartObject();
        call.Answer.WriteString("fromAccountId"u8, JmapIds.Of(from.Id));
        call.Answer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        await adding.WriteAsync(call.Answer, cancel);
        call.Answer.WriteEndObject();
        if (destroy && adding.HasCreated) call.Follow("Email/set", DestroyOf(from, adding.Created.Select(id => originals[id]).Distinct(), destroyIfInState));
    }

    private static List<KeyValuePair<string, JsonElement>> ReadCreate(JmapCall call)
    {
        var objects = new List<KeyValuePair<string, JsonElement>>();
        foreach (var one in (JmapArguments.Object(call.Arguments, "create") ?? throw JmapMethodException.InvalidArguments("create is missing")).EnumerateObject())
        {
            if (!JmapSetArguments.IsId(one.Name) || one.Value.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("create is not a map of one object for each creation id");
            objects.Add(new(one.Name, one.Value));
        }
        return objects.Count <= call.Services.Limits.MaxObjectsInSet ? objects : throw new JmapMethodException("requestTooLarge", "more objects than maxObjectsInSet");
    }

    private static async ValueTask<AccountSnapshot> LookAsync(JmapCall call, JmapAccount account, string ifInState, CancellationToken cancel)
    {
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        return JmapArguments.String(call.Arguments, ifInState) is { } wanted && wanted != new JmapState(snapshot.ModSeq).ToString() ? throw new JmapMethodException("stateMismatch") : snapshot;
    }

    /// <summary>The email that is copied; null when it is refused.</summary>
    private static async ValueTask<EmailId?> CopyAsync(
        JmapCall call, AccountSnapshot source, AccountSnapshot target, EmailAdding adding, string creationId, JsonElement value, CancellationToken cancel)
    {
        try
        {
            var reader = new JmapObjectReader(value);
            reader.Only("id", "mailboxIds", "keywords", "receivedAt");
            var placement = EmailPlacement.Read(reader, call.Request, target);
            var id = reader.String("id");
            if (id is null) reader.Invalid("id", "id is missing");
            reader.Check();
            if (!JmapIds.TryRead(call.Request.ResolveId(id!), out EmailId email) || !source.TryFind(email, out var row)) throw new JmapSetException(JmapSetError.NotFound);
            await using var body = await call.Services.Store.OpenBodyAsync(row.Body, cancel);
            if (body is null) throw new JmapSetException(JmapSetError.NotFound);
            var (message, _) = await ImportedMessage.TakeAsync(call.Services.Store, body, mend: false, cancel);
            var receivedAt = placement.ReceivedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt);
            await adding.AddAsync(creationId, message, placement.Targets(placement.Flags ?? FlagsOf(source, row), receivedAt), cancel);
            return email;
        }
        catch (JmapSetException e)
        {
            adding.Refuse(creationId, e.Error);
        }
        catch (StoreFullException)
        {
            adding.Refuse(creationId, new JmapSetError("overQuota", "the server has no room"));
        }
        return null;
    }

    // Keywords that IMAP has and JMAP cannot write stay behind.
    private static FlagSet FlagsOf(AccountSnapshot source, in EmailRow row)
    {
        var keywords = new EmailKeywords();
        foreach (var keyword in source.KeywordsOf(row)) keywords.TryAdd(keyword);
        return keywords.ToFlags();
    }

    private static ReadOnlyMemory<byte> DestroyOf(JmapAccount from, IEnumerable<EmailId> originals, string? ifInState)
    {
        var arguments = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(arguments, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("accountId"u8, JmapIds.Of(from.Id));
            if (ifInState is not null) writer.WriteString("ifInState"u8, ifInState);
            writer.WriteStartArray("destroy"u8);
            foreach (var email in originals) writer.WriteStringValue(JmapIds.Of(email));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return arguments.WrittenMemory;
    }
}
