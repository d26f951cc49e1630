using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailbox/changes, which says when nothing but counts changed (RFC 8621 §2.2).</summary>
internal sealed class MailboxChanges() : JmapChangesMethod("Mailbox/changes")
{
    protected override List<ObjectChange> Collect(AccountChanges changes, ModSeq since)
    {
        var all = new List<ObjectChange>(changes.Mailboxes.Count);
        foreach (var change in changes.Mailboxes)
            all.Add(new ObjectChange(change.Mailbox.Value, change.ModSeq, CreatedOf(changes.Snapshot, change, since), change.Kind == ChangeKind.Destroyed, change.OnlyCounts));
        return all;
    }

    protected override string IdOf(long id) => JmapIds.Of(new MailboxId(id));

    protected override void WriteMore(Utf8JsonWriter writer, ChangesPage page)
    {
        var updated = page.Changes.Where(static change => !change.IsCreated && !change.IsDestroyed).ToList();
        if (updated.Count == 0 || !updated.TrueForAll(static change => change.OnlyCounts))
        {
            writer.WriteNull("updatedProperties"u8);
            return;
        }
        writer.WriteStartArray("updatedProperties"u8);
        writer.WriteStringValue("totalEmails"u8);
        writer.WriteStringValue("unreadEmails"u8);
        writer.WriteStringValue("totalThreads"u8);
        writer.WriteStringValue("unreadThreads"u8);
        writer.WriteEndArray();
    }

    private static ModSeq CreatedOf(AccountSnapshot snapshot, MailboxChange change, ModSeq since)
    {
        if (change.Kind == ChangeKind.Destroyed || snapshot.FindMailbox(change.Mailbox) is not { } found) return default;
        if (found.Mailbox.Created.Value > since.Value) return found.Mailbox.Created;
        return change.Kind == ChangeKind.Created ? change.ModSeq : default;
    }
}
