namespace Facteur.Storage.Embedded.Writing;

/// <summary>Gathers what one verb does to entries of several mailboxes, to tell it once a mailbox.</summary>
internal sealed class EntryChanges(WriteSession session)
{
    private readonly Dictionary<MailboxState, Gathered> mailboxes = [];

    public void Added(MailboxState mailbox, MessageEntry entry) => Of(mailbox).Added.Add(entry);

    public void Changed(MailboxState mailbox, MessageEntry entry) => Of(mailbox).Changed.Add(entry);

    public void Removed(MailboxState mailbox, Uid uid) => Of(mailbox).Removed.Add(uid);

    public void Tell(ModSeq modSeq)
    {
        foreach (var (mailbox, gathered) in mailboxes)
        {
            session.Save(mailbox, modSeq);
            if (mailbox.IsDeleted) continue; // nobody looks any more
            gathered.Removed.Sort();
            Entries.NoteExpunged(session, mailbox, modSeq, gathered.Removed);
            var delta = session.Delta(mailbox, modSeq, onlyAdds: gathered.Changed.Count + gathered.Removed.Count == 0);
            if (gathered.Added.Count > 0) (delta.Added ??= []).AddRange(gathered.Added);
            if (gathered.Changed.Count > 0) delta.Changed = gathered.Changed;
            if (gathered.Removed.Count > 0) delta.Removed = gathered.Removed;
            Keywords.Tell(session, mailbox, delta);
        }
    }

    private Gathered Of(MailboxState mailbox)
    {
        if (!mailboxes.TryGetValue(mailbox, out var gathered)) mailboxes.Add(mailbox, gathered = new Gathered());
        return gathered;
    }

    private sealed class Gathered
    {
        public List<MessageEntry> Added { get; } = [];
        public List<MessageEntry> Changed { get; } = [];
        public List<Uid> Removed { get; } = [];
    }
}
