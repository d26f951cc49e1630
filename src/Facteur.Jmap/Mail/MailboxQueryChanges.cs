using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailbox/queryChanges: what became of a list of mailboxes (RFC 8621 §2.4). Where a tree decides, one change may move all: all are told.</summary>
internal sealed class MailboxQueryChanges() : JmapMethod("Mailbox/queryChanges", JmapCapabilities.Mail)
{
    private static readonly string[] Known = ["accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal", .. MailboxQuestion.Arguments];

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, Known);
        var account = await call.AccountAsync(write: false, cancel);
        var since = JmapArguments.RequireString(call.Arguments, "sinceQueryState");
        var maxChanges = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (!QueryState.TryParse(since, out var old) || old.Meaning.Length > 0) throw CannotCalculate();
        var changes = await call.Services.Store.Emails.ChangesSinceAsync(account.Id, old.ModSeq, cancel) ?? throw CannotCalculate();
        var (result, asTree) = MailboxQuestion.Answer(call, changes.Snapshot, await Subscriptions.ReadAsync(call, account, cancel));
        var change = new QueryChange(since, new QueryState(changes.Snapshot.ModSeq, "").ToString());
        Fill(change, [.. changes.Mailboxes.Where(one => !one.OnlyCounts)], result, asTree ? changes.Snapshot : null);
        change.WriteAnswer(call.Answer, account, maxChanges, JmapArguments.Bool(call.Arguments, "calculateTotal") == true ? result.Count : null);
    }

    /// <param name="tree">All mailboxes, where any may have moved.</param>
    private static void Fill(QueryChange change, List<MailboxChange> changed, List<MailboxId> result, AccountSnapshot? tree)
    {
        if (changed.Count == 0) return;
        var touched = changed.Select(one => one.Mailbox).ToHashSet();
        if (tree is not null) touched.UnionWith(tree.Mailboxes.Select(one => one.Id));
        var created = changed.Where(one => one.Kind == ChangeKind.Created).Select(one => one.Mailbox).ToHashSet();
        change.Removed.AddRange(touched.Where(one => !created.Contains(one)).Select(JmapIds.Of));
        for (var i = 0; i < result.Count; i++)
            if (touched.Contains(result[i])) change.Added.Add((JmapIds.Of(result[i]), i));
    }

    private static JmapMethodException CannotCalculate() => new("cannotCalculateChanges");
}
