using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>
/// Email/queryChanges: what became of a result (RFC 8620 §5.6, RFC 8621 §4.5). No result is remembered for it: every email that changed since, and where
/// conversations decide, every email of theirs, is told as removed, and as added where it stands now.
/// </summary>
internal sealed class EmailQueryChanges(EmailResults results) : JmapMethod("Email/queryChanges", JmapCapabilities.Mail)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal", "collapseThreads");
        var account = await call.AccountAsync(write: false, cancel);
        var since = JmapArguments.RequireString(call.Arguments, "sinceQueryState");
        var maxChanges = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (!QueryState.TryParse(since, out var old)) throw CannotCalculate();
        var changes = await call.Services.Store.Emails.ChangesSinceAsync(account.Id, old.ModSeq, cancel) ?? throw CannotCalculate();
        var question = await EmailQuestion.ReadAsync(call, account, results, changes.Snapshot, cancel);
        if (question.State.Meaning != old.Meaning) throw CannotCalculate();
        var all = await question.AllAsync(cancel);
        var change = new QueryChange(since, question.State.ToString());
        Fill(change, question, changes, all, UpTo(call, question, all));
        change.WriteAnswer(call.Answer, account, maxChanges, JmapArguments.Bool(call.Arguments, "calculateTotal") == true ? all.Length : null);
    }

    private static void Fill(QueryChange change, EmailQuestion question, AccountChanges changes, EmailId[] all, int upTo)
    {
        var touched = question.Touched(changes);
        var unknown = changes.Emails.Where(one => one.Kind == ChangeKind.Created).Select(one => one.Email).ToHashSet();
        if (touched.Count == 0) return;

        // What came since was in no result before; what is behind the last one the client has, it does not have.
        for (var i = upTo + 1; i < all.Length; i++) unknown.Add(all[i]);
        foreach (var email in touched)
            if (!unknown.Contains(email)) change.Removed.Add(JmapIds.Of(email));
        for (var i = 0; i <= upTo; i++)
            if (touched.Contains(all[i])) change.Added.Add((JmapIds.Of(all[i]), i));
    }

    /// <summary>The last place that the client wants to hear of: where the order of what it has cannot change, that of upToId (RFC 8620 §5.6).</summary>
    private static int UpTo(JmapCall call, EmailQuestion question, EmailId[] all)
    {
        var last = all.Length - 1;
        if (JmapArguments.String(call.Arguments, "upToId") is not { } id || question.DependsOn != SearchDependence.None) return last;
        return JmapIds.TryRead(id, out EmailId email) && Array.IndexOf(all, email) is var index and >= 0 ? index : last;
    }

    private static JmapMethodException CannotCalculate() => new("cannotCalculateChanges");
}
