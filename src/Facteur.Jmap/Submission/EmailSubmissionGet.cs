using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>EmailSubmission/get (RFC 8621 §7.1).</summary>
internal sealed class EmailSubmissionGet() : JmapMethod("EmailSubmission/get", JmapCapabilities.Submission)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var account = await call.AccountAsync(write: false, cancel);
        var properties = JmapGet.Properties(call, SubmissionView.Properties);
        var ids = JmapGet.Ids(call);
        var (store, submissions) = (call.Services.Store, call.Services.Store.Submissions);
        // The state first: what changes while the rows are read is told again.
        var state = await submissions.StateAsync(account.Id, cancel);
        var (found, notFound) = ids is null ? (await AllAsync(call, account, cancel), []) : await FindAsync(call, account, ids, cancel);
        JmapGet.Begin(call, account, NumberedState.Of(state));
        foreach (var record in found)
        {
            var view = await SubmissionView.LoadAsync(store, record, SubmissionView.NeedsReports(properties), cancel);
            view.Write(call.Answer, properties);
        }
        JmapGet.End(call, notFound);
    }

    private static async ValueTask<IReadOnlyList<SubmissionRecord>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var max = call.Services.Limits.MaxObjectsInGet;
        var all = await call.Services.Store.Submissions.ListAsync(account.Id, default, max + 1, cancel);
        return all.Count <= max ? all : throw JmapGet.TooLarge();
    }

    private static async ValueTask<(IReadOnlyList<SubmissionRecord> Found, List<string> NotFound)> FindAsync(JmapCall call, JmapAccount account, List<string> ids, CancellationToken cancel)
    {
        var (found, notFound) = (new List<SubmissionRecord>(ids.Count), new List<string>());
        foreach (var id in ids)
            if (JmapIds.TryRead(call.Request.ResolveId(id), out SubmissionId submission) && await call.Services.Store.Submissions.FindAsync(account.Id, submission, cancel) is { } record)
                found.Add(record);
            else notFound.Add(id);
        return (found, notFound);
    }
}
