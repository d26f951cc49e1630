using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Mailbox/query: finds mailboxes and tells them in order (RFC 8621 §2.3).</summary>
internal sealed class MailboxQuery() : JmapMethod("Mailbox/query", JmapCapabilities.Mail)
{
    private static readonly string[] Known = [.. QueryWindow.Arguments, .. MailboxQuestion.Arguments];

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, Known);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var all = MailboxQuestion.Answer(call, snapshot, await Subscriptions.ReadAsync(call, account, cancel)).Result;
        var first = window.First(all.Count, id => JmapIds.TryRead(id, out MailboxId mailbox) ? all.IndexOf(mailbox) : -1);
        var asked = first < all.Count ? all.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, new QueryState(snapshot.ModSeq, ""), first, asked.Select(JmapIds.Of), all.Count);
    }
}
