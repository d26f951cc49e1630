using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What an account has sent (RFC 8621 §7).</summary>
internal sealed class EmailSubmissionType() : NumberedType("EmailSubmission", JmapCapabilities.Submission)
{
    public static readonly EmailSubmissionType Instance = new();

    public override async ValueTask<NumberedDelta?> SinceAsync(JmapCall call, JmapAccount account, ModSeq since, CancellationToken cancel) =>
        await call.Services.Store.Submissions.ChangesSinceAsync(account.Id, since, cancel) is { } found
            ? new(found.Changed.Select(one => new NumberedChange(JmapIds.Of(one.Id), one.Created, one.Changed)), found.Removed.Select(one => (JmapIds.Of(one.Id), one.At)), found.State)
            : null;

    public override async ValueTask<IReadOnlyList<string>> AnswerAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        (await SubmissionQuestion.AnswerAsync(call, account, cancel)).ConvertAll(JmapIds.Of);
}
