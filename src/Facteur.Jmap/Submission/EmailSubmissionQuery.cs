using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>EmailSubmission/query (RFC 8621 §7.3).</summary>
internal sealed class EmailSubmissionQuery() : JmapMethod("EmailSubmission/query", JmapCapabilities.Submission)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, QueryWindow.Arguments);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var state = await call.Services.Store.Submissions.StateAsync(account.Id, cancel);
        var all = await SubmissionQuestion.AnswerAsync(call, account, cancel);
        var first = window.First(all.Count, id => JmapIds.TryRead(id, out SubmissionId submission) ? all.IndexOf(submission) : -1);
        var asked = first < all.Count ? all.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, new QueryState(state, ""), first, asked.Select(JmapIds.Of), all.Count);
    }
}
