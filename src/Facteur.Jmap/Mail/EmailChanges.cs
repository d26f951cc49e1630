using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Email/changes (RFC 8621 §4.3).</summary>
internal sealed class EmailChanges() : JmapChangesMethod("Email/changes")
{
    protected override List<ObjectChange> Collect(AccountChanges changes, ModSeq since)
    {
        var all = new List<ObjectChange>(changes.Emails.Count);
        foreach (var change in changes.Emails)
            all.Add(new ObjectChange(
                change.Email.Value, change.ModSeq, changes.Snapshot.TryFind(change.Email, out var row) ? CreatedOf(row, since) : default, change.Kind == ChangeKind.Destroyed));
        return all;
    }

    protected override string IdOf(long id) => JmapIds.Of(new EmailId(id));

    /// <summary>When an email came to be, or came in sight again, after <paramref name="since"/>; zero when it was there.</summary>
    internal static ModSeq CreatedOf(in EmailRow row, ModSeq since) =>
        row.Created.Value > since.Value ? row.Created : row.Shown.Value > since.Value ? row.Shown : default;
}
