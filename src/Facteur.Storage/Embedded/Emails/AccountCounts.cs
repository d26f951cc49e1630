using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>
/// Counts of an account's mailboxes, thread by thread (RFC 8621 §2): what a thread adds depends on all of its emails, and on nothing else. So a
/// change is counted by taking away what the touched threads added before, and adding what they add now.
/// </summary>
internal sealed class AccountCounts(EmbeddedAccountSnapshot? before, MailboxId? trash)
{
    private readonly Dictionary<MailboxId, Counter> counters = [];
    private readonly List<Counter> met = [];
    private Counter? last;
    private long serial;

    public void AddThread(List<EmailRow> emails, int direction) => AddThread(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(emails), direction);

    /// <param name="direction">1 to add what the thread counts, -1 to take it away.</param>
    public void AddThread(ReadOnlySpan<EmailRow> emails, int direction)
    {
        if (emails.IsEmpty) return;
        var thread = ++serial;
        var (unreadOutside, unreadInTrash) = (false, false);
        met.Clear();
        foreach (ref readonly var row in emails)
        {
            var email = ++serial;
            var unread = IsUnread(row);
            if (unread) (unreadOutside, unreadInTrash) = (unreadOutside || !IsOnlyInTrash(row), unreadInTrash || (trash is { } bin && row.IsIn(bin)));
            for (var i = 0; i < row.PlaceCount; i++)
            {
                var counter = Of(row.Place(i).Mailbox);

                // A mailbox may have two entries of an email: it is one to JMAP.
                if (counter.LastEmail == email) continue;
                counter.LastEmail = email;
                counter.Emails += direction;
                if (unread) counter.Unread += direction;
                if (counter.LastThread == thread) continue;
                counter.LastThread = thread;
                met.Add(counter);
            }
        }
        foreach (var counter in met)
        {
            counter.Threads += direction;

            // RFC 8621 §2: emails in the trash count as if they were a thread of their own.
            if (counter.Mailbox == trash ? unreadInTrash : unreadOutside) counter.UnreadThreads += direction;
        }
    }

    /// <summary>Counts all that a snapshot holds.</summary>
    public void AddAll(EmbeddedAccountSnapshot snapshot)
    {
        var linked = new List<ThreadId>();
        for (var chunk = 0; chunk < snapshot.Links.ChunkCount; chunk++)
            foreach (var link in snapshot.Links.Chunk(chunk))
                if (linked.Count == 0 || linked[^1] != link.Thread) linked.Add(link.Thread);

        // Most threads are one email: those need not be looked up. Both lists ascend.
        var next = 0;
        for (var chunk = 0; chunk < snapshot.ChunkCount; chunk++)
        {
            var rows = snapshot.Chunk(chunk);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i].Thread.Value != rows[i].Id.Value) continue;
                while (next < linked.Count && linked[next].Value < rows[i].Thread.Value) next++;
                if (next == linked.Count || linked[next] != rows[i].Thread) AddThread(rows.Slice(i, 1), 1);
            }
        }
        var emails = new List<EmailRow>();
        foreach (var thread in linked)
        {
            emails.Clear();
            snapshot.AddThread(thread, emails);
            AddThread(emails, 1);
        }
    }

    /// <summary>A mailbox with what it counts now.</summary>
    public AccountMailbox Apply(AccountMailbox mailbox)
    {
        if (!counters.TryGetValue(mailbox.Id, out var counter))
            return before is not null || mailbox.TotalEmails == 0 ? mailbox : Zero(mailbox.Mailbox, mailbox.Keywords);
        if (mailbox.TotalEmails == counter.Emails && mailbox.UnreadEmails == counter.Unread && mailbox.TotalThreads == counter.Threads
            && mailbox.UnreadThreads == counter.UnreadThreads) return mailbox;
        return mailbox with
        {
            TotalEmails = counter.Emails, UnreadEmails = counter.Unread, TotalThreads = counter.Threads, UnreadThreads = counter.UnreadThreads,
        };
    }

    public static AccountMailbox Zero(Mailbox mailbox, KeywordTable keywords) =>
        new(mailbox, keywords) { TotalEmails = 0, UnreadEmails = 0, TotalThreads = 0, UnreadThreads = 0 };

    /// <summary>Without $seen and $draft.</summary>
    public static bool IsUnread(in EmailRow row) => !row.SystemFlags.HasAny(MessageFlags.Seen | MessageFlags.Draft);

    private bool IsOnlyInTrash(in EmailRow row)
    {
        for (var i = 0; i < row.PlaceCount; i++)
            if (row.Place(i).Mailbox != trash) return false;
        return true;
    }

    private Counter Of(MailboxId mailbox)
    {
        // Mostly the same as of the email before.
        if (last?.Mailbox == mailbox) return last;
        if (counters.TryGetValue(mailbox, out var counter)) return last = counter;
        counter = last = new Counter(mailbox);
        if (before?.FindMailbox(mailbox) is { } counted)
            (counter.Emails, counter.Unread, counter.Threads, counter.UnreadThreads) =
                (counted.TotalEmails, counted.UnreadEmails, counted.TotalThreads, counted.UnreadThreads);
        counters.Add(mailbox, counter);
        return counter;
    }

    private sealed class Counter(MailboxId mailbox)
    {
        public MailboxId Mailbox { get; } = mailbox;
        public int Emails { get; set; }
        public int Unread { get; set; }
        public int Threads { get; set; }
        public int UnreadThreads { get; set; }
        public long LastEmail { get; set; }
        public long LastThread { get; set; }
    }
}
