using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>ContactCard/get (RFC 9610 §3.1).</summary>
internal sealed class ContactCardGet() : JmapMethod("ContactCard/get", JmapCapabilities.Contacts)
{
    private const int Page = 200;

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var account = await call.AccountAsync(write: false, cancel);
        var properties = JmapArguments.Strings(call.Arguments, "properties")?.ToHashSet(StringComparer.Ordinal);
        var ids = JmapGet.Ids(call);
        var contacts = call.Services.Store.Contacts;
        // The state first: what changes while the rows are read is told again.
        var state = await contacts.StateAsync(account.Id, cancel);
        var notFound = new List<string>();
        if (ids is null && await contacts.CountAsync(account.Id, cancel) > call.Services.Limits.MaxObjectsInGet) throw JmapGet.TooLarge();
        JmapGet.Begin(call, account, NumberedState.Of(state));
        if (ids is null) await WriteAllAsync(call, account, properties, cancel);
        else
            foreach (var id in ids)
                if (ContactCardType.TryRead(call.Request.ResolveId(id), out var contact) && await contacts.FindAsync(account.Id, contact, cancel) is { } record)
                    ContactCardView.Write(call.Answer, record, properties);
                else notFound.Add(id);
        JmapGet.End(call, notFound);
    }

    private static async ValueTask WriteAllAsync(JmapCall call, JmapAccount account, HashSet<string>? properties, CancellationToken cancel)
    {
        var after = default(ContactId);
        while (await call.Services.Store.Contacts.ListAsync(account.Id, after, Page, cancel) is { Count: > 0 } records)
        {
            foreach (var record in records) ContactCardView.Write(call.Answer, record, properties);
            after = records[^1].Id;
        }
    }
}
