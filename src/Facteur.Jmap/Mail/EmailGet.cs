using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Email/get: emails, with what of them is asked for (RFC 8621 §4.2). Metadata come out of the account's snapshot, what lists show out of the facts stored
/// beside messages, in batches; a message is opened for its header or its body only when a property needs them.
/// </summary>
internal sealed class EmailGet() : JmapMethod("Email/get", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(
            call.Arguments, "accountId", "ids", "properties", "bodyProperties", "fetchTextBodyValues", "fetchHTMLBodyValues", "fetchAllBodyValues", "maxBodyValueBytes");
        var account = await call.AccountAsync(write: false, cancel);
        var plan = EmailPlan.Read(call.Arguments, EmailProperties.OfGet, alwaysId: true, call.Uses(JmapCapabilities.FacteurSnooze));
        var ids = JmapGet.Ids(call);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var notFound = new List<string>();
        var rows = ids is null ? All(snapshot, call.Services.Limits.MaxObjectsInGet) : Find(call, snapshot, ids, notFound);
        var writer = new EmailWriter(call.Answer, plan)
        {
            Snoozes = plan.Wants(EmailProperty.SnoozedUntil) ? await call.Services.Store.Snoozes.FindAsync(account.Id, rows.ConvertAll(row => row.Id), cancel) : null,
        };
        JmapGet.Begin(call, account, new JmapState(snapshot.ModSeq));
        if (plan.IsMetadata)
            foreach (var row in rows) writer.WriteMetadata(snapshot, row);
        else await WriteAsync(call, plan, writer, snapshot, rows, notFound, cancel);
        JmapGet.End(call, notFound);
    }

    private static async ValueTask WriteAsync(
        JmapCall call, EmailPlan plan, EmailWriter writer, AccountSnapshot snapshot, List<EmailRow> rows, List<string> notFound, CancellationToken cancel)
    {
        var store = call.Services.Store;
        await using var details = store.Emails.ReadDetails(snapshot.Account, rows.ConvertAll(row => row.Id), plan.Fields);
        var facts = new StoredFacts(details);
        var next = 0;
        while (await details.ReadAsync(cancel))
        {
            // Those passed over were destroyed since the snapshot.
            for (; rows[next].Id != details.Email; next++) notFound.Add(JmapIds.Of(rows[next].Id));
            MessageBody? body = null;
            var reference = details.Body;
            await using var message = new OpenEmail(async stop => body = await store.OpenBodyAsync(reference, stop), () => body?.DisposeAsync() ?? ValueTask.CompletedTask);
            await writer.WriteAsync(snapshot, rows[next++], facts, message, cancel);
        }
        for (; next < rows.Count; next++) notFound.Add(JmapIds.Of(rows[next].Id));
    }

    private static List<EmailRow> Find(JmapCall call, AccountSnapshot snapshot, List<string> ids, List<string> notFound)
    {
        var rows = new List<EmailRow>(ids.Count);
        foreach (var id in ids)
        {
            if (JmapIds.TryRead(call.Request.ResolveId(id), out EmailId email) && snapshot.TryFind(email, out var row)) rows.Add(row);
            else notFound.Add(id);
        }
        return rows;
    }

    private static List<EmailRow> All(AccountSnapshot snapshot, int max)
    {
        if (snapshot.Count > max) throw JmapGet.TooLarge();
        var rows = new List<EmailRow>(snapshot.Count);
        for (var i = 0; i < snapshot.ChunkCount; i++) rows.AddRange(snapshot.Chunk(i));
        return rows;
    }
}
