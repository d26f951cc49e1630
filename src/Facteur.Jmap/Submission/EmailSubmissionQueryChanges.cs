using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>EmailSubmission/queryChanges (RFC 8621 §7.4): what changed may be in the result or not any more, and stands where it does now.</summary>
internal sealed class EmailSubmissionQueryChanges() : JmapMethod("EmailSubmission/queryChanges", JmapCapabilities.Submission)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal");
        var account = await call.AccountAsync(write: false, cancel);
        var since = JmapArguments.RequireString(call.Arguments, "sinceQueryState");
        var maxChanges = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (!SubmissionState.TryParse(since, out var old) || await call.Services.Store.Submissions.ChangesSinceAsync(account.Id, old, cancel) is not { } changes)
            throw new JmapMethodException("cannotCalculateChanges");
        var result = await SubmissionQuestion.AnswerAsync(call, account, cancel);
        var change = new QueryChange(since, SubmissionState.Of(changes.State));
        var changed = changes.Changed.Select(one => one.Id).ToHashSet();
        change.Removed.AddRange(changes.Changed.Where(one => one.Created.CompareTo(old) <= 0).Select(one => JmapIds.Of(one.Id)));
        change.Removed.AddRange(changes.Removed.Select(one => JmapIds.Of(one.Id)));
        for (var i = 0; i < result.Count; i++)
            if (changed.Contains(result[i])) change.Added.Add((JmapIds.Of(result[i]), i));
        change.WriteAnswer(call.Answer, account, maxChanges, JmapArguments.Bool(call.Arguments, "calculateTotal") == true ? result.Count : null);
    }
}
