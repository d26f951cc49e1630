namespace Facteur.Jmap;

/// <summary>ContactCard/query (RFC 9610 §3.3).</summary>
internal sealed class ContactCardQuery() : JmapMethod("ContactCard/query", JmapCapabilities.Contacts)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, QueryWindow.Arguments);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var state = await call.Services.Store.Contacts.StateAsync(account.Id, cancel);
        var all = await ContactQuestion.AnswerAsync(call, account, cancel);
        var first = window.First(all.Count, id => all.IndexOf(call.Request.ResolveId(id) ?? id));
        var asked = first < all.Count ? all.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, new QueryState(state, ""), first, asked, all.Count);
    }
}
