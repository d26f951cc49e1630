using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Thread/changes (RFC 8621 §3.2): a thread changes when an email comes to it or leaves it, not when an email of it changes.</summary>
internal sealed class ThreadChanges() : JmapChangesMethod("Thread/changes")
{
    protected override List<ObjectChange> Collect(AccountChanges changes, ModSeq since)
    {
        var touched = new Dictionary<ThreadId, (ModSeq At, bool LostOne)>();
        foreach (var change in changes.Emails)
            if (change.Kind == ChangeKind.Destroyed) Touch(change.Thread, change.ModSeq, lostOne: true);
            else if (changes.Snapshot.TryFind(change.Email, out var row) && EmailChanges.CreatedOf(row, since) is { Value: > 0 } created) Touch(change.Thread, created, lostOne: false);
        foreach (var (thread, at) in changes.PassedThreads) Touch(thread, at, lostOne: false);
        var all = new List<ObjectChange>(touched.Count);
        foreach (var (thread, (at, lostOne)) in touched)
        {
            var emails = changes.Snapshot.Thread(thread);
            // One that came and went since as a whole is nobody's.
            if (emails.Count > 0 || lostOne) all.Add(new ObjectChange(thread.Value, at, CreatedOf(emails, since, lostOne), emails.Count == 0));
        }
        all.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Id.CompareTo(b.Id));
        return all;

        void Touch(ThreadId thread, ModSeq at, bool lostOne)
        {
            var before = touched.GetValueOrDefault(thread);
            touched[thread] = (at.Value > before.At.Value ? at : before.At, before.LostOne || lostOne);
        }
    }

    protected override string IdOf(long id) => JmapIds.Of(new ThreadId(id));

    // One that lost an email was there before. If that email was out of sight already (\Deleted) nobody knew of the thread: it is told as updated all the same.
    private static ModSeq CreatedOf(IReadOnlyList<EmailRow> emails, ModSeq since, bool lostOne)
    {
        var first = default(ModSeq);
        foreach (var email in emails)
        {
            var created = EmailChanges.CreatedOf(email, since);
            if (lostOne || created.Value == 0) return default;
            if (first.Value == 0 || created.Value < first.Value) first = created;
        }
        return first;
    }
}
