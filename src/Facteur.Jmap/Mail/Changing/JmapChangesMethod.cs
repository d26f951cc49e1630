using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>/changes of the types that share the account's MODSEQ (RFC 8620 §5.2).</summary>
internal abstract class JmapChangesMethod(string name) : JmapMethod(name, JmapCapabilities.Mail)
{
    /// <summary>Changes of this type since a state, ascending by MODSEQ, then by id; each object once.</summary>
    protected abstract List<ObjectChange> Collect(AccountChanges changes, ModSeq since);

    protected abstract string IdOf(long id);

    /// <summary>Arguments of the response beside those of every /changes.</summary>
    protected virtual void WriteMore(Utf8JsonWriter writer, ChangesPage page)
    {
    }

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "sinceState", "maxChanges");
        var account = await call.AccountAsync(write: false, cancel);
        var sinceState = JmapArguments.RequireString(call.Arguments, "sinceState");
        var max = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (max == 0) throw JmapMethodException.InvalidArguments("maxChanges is not greater than 0");
        if (!JmapState.TryParse(sinceState, out var since)) throw CannotCalculate();
        var changes = await call.Services.Store.Emails.ChangesSinceAsync(account.Id, ChangesPage.Since(since), cancel) ?? throw CannotCalculate();
        var now = changes.Snapshot.ModSeq;
        if (since.ModSeq.Value > now.Value) throw CannotCalculate();
        // No more than a /get with a reference to this answer takes.
        var page = ChangesPage.Take(
            Collect(changes, ChangesPage.Since(since)), since, now, (int)Math.Min(max ?? long.MaxValue, call.Services.Limits.MaxObjectsInGet));
        Write(call.Answer, account, sinceState, page);
    }

    private void Write(Utf8JsonWriter writer, JmapAccount account, string sinceState, ChangesPage page)
    {
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("oldState"u8, sinceState);
        writer.WriteString("newState"u8, page.NewState.ToString());
        writer.WriteBoolean("hasMoreChanges"u8, page.HasMore);
        WriteIds(writer, "created", page, static change => change.IsCreated);
        WriteIds(writer, "updated", page, static change => !change.IsCreated && !change.IsDestroyed);
        WriteIds(writer, "destroyed", page, static change => change.IsDestroyed);
        WriteMore(writer, page);
        writer.WriteEndObject();
    }

    private void WriteIds(Utf8JsonWriter writer, string name, ChangesPage page, Func<ObjectChange, bool> which)
    {
        writer.WriteStartArray(name);
        for (var i = page.Changes.Count - 1; i >= 0; i--)
            if (which(page.Changes[i])) writer.WriteStringValue(IdOf(page.Changes[i].Id));
        writer.WriteEndArray();
    }

    private static JmapMethodException CannotCalculate() => new("cannotCalculateChanges");
}
