using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>Makes the next snapshot of an account from one before and the commits since, at a cost in proportion to what they changed.</summary>
internal sealed class AccountFold(EmbeddedAccountSnapshot before)
{
    private readonly Dictionary<EmailId, Work> works = [];
    private readonly Dictionary<MailboxId, MailboxChanged> mailboxes = [];
    private ModSeq modSeq = before.ModSeq;

    /// <summary>Takes in a commit, in order.</summary>
    /// <returns>False when it tells of an email that the snapshot does not know: only reading the account anew helps.</returns>
    public bool Apply(AccountCommit commit)
    {
        if (commit.ModSeq.CompareTo(modSeq) <= 0) return true;
        modSeq = commit.ModSeq;
        foreach (var created in commit.Log!.Created) works[created.Id] = new Work(created, seen: false, hidden: false);
        foreach (var change in commit.Log.Events)
        {
            if (change.Kind == AccountEventKind.Retired) Retire(change.Mailbox, change.ModSeq);
            else if (Find(change.Email) is { } work) work.Apply(change);
            else return false;
        }
        foreach (var mailbox in commit.Mailboxes)
            mailboxes[mailbox.Id] = mailboxes.TryGetValue(mailbox.Id, out var earlier) ? mailbox with { Keywords = mailbox.Keywords ?? earlier.Keywords } : mailbox;
        return true;
    }

    public EmbeddedAccountSnapshot Build()
    {
        var (emails, hidden, links) = (new List<ChunkEdit<EmailRow>>(), new List<ChunkEdit<EmailRow>>(), new List<ChunkEdit<ThreadLink>>());
        var threads = new HashSet<ThreadId>();
        foreach (var work in works.Values)
        {
            var row = work.Build();
            var (isSeen, isHidden) = (!work.Gone && work.Places.Count > 0, !work.Gone && work.Places.Count == 0);
            if (isSeen || work.WasSeen)
            {
                emails.Add(new(row, Remove: !isSeen));
                threads.Add(row.Thread);
                if (isSeen != work.WasSeen && row.Thread.Value != row.Id.Value) links.Add(new(new ThreadLink(row.Thread, row.Id), Remove: !isSeen));
            }
            if (isHidden || work.WasHidden) hidden.Add(new(row, Remove: !isHidden));
        }
        emails.Sort(static (a, b) => ByEmail.Compare(a.Row, b.Row));
        hidden.Sort(static (a, b) => ByEmail.Compare(a.Row, b.Row));
        links.Sort(static (a, b) => ByThread.Compare(a.Row, b.Row));
        var (list, sameIndex) = Mailboxes();
        var next = Snapshot(list, sameIndex, before.Emails.With(emails), before.Hidden.With(hidden), before.Links.With(links));
        return Count(next, list, threads);
    }

    private EmbeddedAccountSnapshot Snapshot(
        AccountMailbox[] list, bool sameIndex, ChunkList<EmailRow, ByEmail> emails, ChunkList<EmailRow, ByEmail> hidden, ChunkList<ThreadLink, ByThread> links) =>
        new(before.Account, modSeq, list, sameIndex ? before : null) { Emails = emails, Hidden = hidden, Links = links };

    // The array is not shared yet: its elements are replaced in place.
    private EmbeddedAccountSnapshot Count(EmbeddedAccountSnapshot next, AccountMailbox[] list, HashSet<ThreadId> threads)
    {
        AccountCounts counts;
        if (next.Trash != before.Trash)
        {
            counts = new AccountCounts(null, next.Trash);
            counts.AddAll(next);
        }
        else
        {
            counts = new AccountCounts(before, next.Trash);
            var emails = new List<EmailRow>();
            foreach (var thread in threads)
            {
                emails.Clear();
                before.AddThread(thread, emails);
                counts.AddThread(emails, -1);
                emails.Clear();
                next.AddThread(thread, emails);
                counts.AddThread(emails, 1);
            }
        }
        for (var i = 0; i < list.Length; i++) list[i] = counts.Apply(list[i]);
        return next;
    }

    private (AccountMailbox[] List, bool SameIndex) Mailboxes()
    {
        var sameIndex = true;
        foreach (var change in mailboxes.Values)
            sameIndex &= before.FindMailbox(change.Id) is { } old ? change.Mailbox is { } mailbox && mailbox.Name == old.Mailbox.Name : change.Mailbox is null;
        var list = new List<AccountMailbox>(before.Mailboxes.Count + 1);
        foreach (var old in before.Mailboxes)
        {
            if (!mailboxes.Remove(old.Id, out var change)) list.Add(old);
            else if (change.Mailbox is { } mailbox) list.Add(old with { Mailbox = mailbox, Keywords = Newer(old.Keywords, change.Keywords) });
        }
        foreach (var change in mailboxes.Values)
            if (change.Mailbox is { } created) list.Add(AccountCounts.Zero(created, change.Keywords ?? KeywordTable.Empty));
        if (!sameIndex) list.Sort(static (a, b) => MailboxName.Compare(a.Mailbox.Name, b.Mailbox.Name));
        return ([.. list], sameIndex);
    }

    private static KeywordTable Newer(KeywordTable old, KeywordTable? next) => next is null || next.Names.SequenceEqual(old.Names) ? old : next;

    private Work? Find(EmailId email)
    {
        if (works.TryGetValue(email, out var work)) return work;
        if (before.TryFind(email, out var row)) work = new Work(row, seen: true, hidden: false);
        else if (before.Hidden.TryFind(EmbeddedAccountSnapshot.Key(email), out row)) work = new Work(row, seen: false, hidden: true);
        else return null;
        works.Add(email, work);
        return work;
    }

    private void Retire(MailboxId mailbox, ModSeq at)
    {
        foreach (var work in works.Values) work.Retire(mailbox, at);
        for (var chunk = 0; chunk < before.ChunkCount; chunk++)
            foreach (ref readonly var row in before.Chunk(chunk))
                if (row.IsIn(mailbox) && !works.ContainsKey(row.Id)) Find(row.Id)!.Retire(mailbox, at);
    }

    /// <summary>An email in change.</summary>
    private sealed class Work
    {
        private readonly EmailRow row;
        private ModSeq changed, shown;
        private uint returnedAt;

        public Work(in EmailRow row, bool seen, bool hidden)
        {
            (this.row, changed, shown, returnedAt, WasSeen, WasHidden) = (row, row.Changed, row.Shown, row.ReturnedAt, seen, hidden);
            for (var i = 0; seen && i < row.PlaceCount; i++) Places.Add(row.Place(i));
        }

        public List<EmailPlace> Places { get; } = new(1);
        public bool WasSeen { get; }
        public bool WasHidden { get; }
        public bool Gone { get; private set; }

        public void Apply(in AccountEvent change)
        {
            if (change.ModSeq.CompareTo(changed) > 0) changed = change.ModSeq;
            if (change.Kind == AccountEventKind.Gone) Gone = true;
            if (change.Kind == AccountEventKind.Shown) shown = change.ModSeq;
            if (change.Kind == AccountEventKind.Returned) returnedAt = change.Uid.Value;
            if (change.Kind is not (AccountEventKind.Placed or AccountEventKind.Taken)) return;
            var (mailbox, uid) = (change.Mailbox, change.Uid);
            Places.RemoveAll(place => place.Mailbox == mailbox && place.Uid == uid);
            if (change.Kind == AccountEventKind.Placed && !change.Flags.Has(MessageFlags.Deleted)) Places.Add(new EmailPlace(mailbox, uid, change.Flags));
        }

        public void Retire(MailboxId mailbox, ModSeq at)
        {
            if (Places.RemoveAll(place => place.Mailbox == mailbox) > 0 && at.CompareTo(changed) > 0) changed = at;
        }

        public EmailRow Build()
        {
            if (Places.Count > 1) Places.Sort(static (a, b) => a.Mailbox == b.Mailbox ? a.Uid.CompareTo(b.Uid) : a.Mailbox.Value.CompareTo(b.Mailbox.Value));
            return row with
            {
                Changed = changed, Shown = shown, ReturnedAt = returnedAt, First = Places.Count > 0 ? Places[0] : default, More = Places.Count > 1 ? [.. Places.Skip(1)] : null,
            };
        }
    }
}
