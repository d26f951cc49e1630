using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>EmailSubmission/changes (RFC 8621 §7.2): each change has a number of its own, so that a client may take them in parts of any size.</summary>
internal sealed class EmailSubmissionChanges() : JmapMethod("EmailSubmission/changes", JmapCapabilities.Submission)
{
    private readonly record struct Change(SubmissionId Id, ModSeq At, string Kind);

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "sinceState", "maxChanges");
        var account = await call.AccountAsync(write: false, cancel);
        var sinceState = JmapArguments.RequireString(call.Arguments, "sinceState");
        var max = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (max == 0) throw JmapMethodException.InvalidArguments("maxChanges is not greater than 0");
        if (!SubmissionState.TryParse(sinceState, out var since) || await call.Services.Store.Submissions.ChangesSinceAsync(account.Id, since, cancel) is not { } changes)
            throw new JmapMethodException("cannotCalculateChanges");
        var all = changes.Changed.Select(one => new Change(one.Id, one.Changed, one.Created.CompareTo(since) > 0 ? "created" : "updated"))
            .Concat(changes.Removed.Select(one => new Change(one.Id, one.At, "destroyed"))).OrderBy(one => one.At.Value).ToList();
        var told = all.Take((int)Math.Min(max ?? long.MaxValue, call.Services.Limits.MaxObjectsInGet)).ToList();
        Write(call.Answer, account, sinceState, told.Count == all.Count ? changes.State : told[^1].At, told, told.Count < all.Count);
    }

    private static void Write(Utf8JsonWriter writer, JmapAccount account, string sinceState, ModSeq newState, List<Change> changes, bool hasMore)
    {
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("oldState"u8, sinceState);
        writer.WriteString("newState"u8, SubmissionState.Of(newState));
        writer.WriteBoolean("hasMoreChanges"u8, hasMore);
        foreach (var kind in (ReadOnlySpan<string>)["created", "updated", "destroyed"])
        {
            writer.WriteStartArray(kind);
            foreach (var change in changes)
                if (change.Kind == kind) writer.WriteStringValue(JmapIds.Of(change.Id));
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
