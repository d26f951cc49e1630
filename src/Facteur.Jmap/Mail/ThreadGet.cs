using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Thread/get: the emails of conversations, oldest first (RFC 8621 §3.1).</summary>
internal sealed class ThreadGet() : JmapMethod("Thread/get", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var account = await call.AccountAsync(write: false, cancel);
        var properties = JmapGet.Properties(call, "id", "emailIds");
        var ids = JmapGet.Ids(call);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var notFound = new List<string>();
        JmapGet.Begin(call, account, new JmapState(snapshot.ModSeq));
        if (ids is null)
            foreach (var thread in All(snapshot, call.Services.Limits.MaxObjectsInGet)) Write(call, thread, snapshot.Thread(thread), properties);
        foreach (var id in ids ?? [])
        {
            if (JmapIds.TryRead(id, out ThreadId thread) && snapshot.Thread(thread) is { Count: > 0 } emails) Write(call, thread, emails, properties);
            else notFound.Add(id);
        }
        JmapGet.End(call, notFound);
    }

    private static void Write(JmapCall call, ThreadId thread, IReadOnlyList<EmailRow> emails, HashSet<string>? properties)
    {
        call.Answer.WriteStartObject();
        call.Answer.WriteString("id"u8, JmapIds.Of(thread));
        if (properties is null || properties.Contains("emailIds"))
        {
            call.Answer.WriteStartArray("emailIds"u8);
            foreach (var email in emails) call.Answer.WriteStringValue(JmapIds.Of(email.Id));
            call.Answer.WriteEndArray();
        }
        call.Answer.WriteEndObject();
    }

    private static HashSet<ThreadId> All(AccountSnapshot snapshot, int max)
    {
        var threads = new HashSet<ThreadId>();
        for (var i = 0; i < snapshot.ChunkCount; i++)
            foreach (ref readonly var email in snapshot.Chunk(i))
                if (threads.Add(email.Thread) && threads.Count > max) throw JmapGet.TooLarge();
        return threads;
    }
}
