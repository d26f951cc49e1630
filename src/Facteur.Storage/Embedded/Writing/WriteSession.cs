using Facteur.Storage.Annotations;
using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Views;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// What the verbs of a batch write through. Rows of accounts and mailboxes are kept in memory from batch to batch, since nobody else
/// writes; a rollback forgets them.
/// </summary>
internal sealed class WriteSession(SqliteConnection database, EmbeddedStoreOptions options, PackStore packs, TimeProvider time, Func<long> lastBlob)
{
    private const int MaxKept = 20_000;

    // Blob ids handed out to messages that are never delivered must not come again after a restart.
    private const long BlobStep = 1_000_000;

    private readonly Dictionary<AccountId, AccountState> accounts = [];
    private readonly Dictionary<MailboxId, MailboxState> mailboxes = [];
    private readonly List<AccountState> dirtyAccounts = [];
    private readonly List<MailboxState> dirtyMailboxes = [];
    private readonly Dictionary<int, (long Head, long Live)> segments = [];
    private readonly Dictionary<MailboxId, MailboxDelta> lastDelta = [];
    private readonly HashSet<int> unflushed = [];
    private readonly HashSet<AccountId> submissionsOf = [];
    private bool isSnoozeSet;
    private bool areEventsAdded;
    private HashSet<AccountId>? scripted;
    private long emailNext;
    private long emailNextSaved;
    private long traceNext;
    private long traceNextSaved;
    private long recipientNext;
    private long recipientNextSaved;
    private long blobHigh;

    public SqliteConnection Database { get; } = database;
    public EmbeddedStoreOptions Options { get; } = options;
    public PackStore Packs { get; } = packs;

    /// <summary>Now, in milliseconds since 1970, one value for a batch.</summary>
    public long Now { get; private set; }

    /// <summary>What to tell about the batch once it is durable, in order.</summary>
    public List<MailboxDelta> Deltas { get; private set; } = [];

    public Dictionary<AccountId, HashSet<MailboxId>> Touched { get; private set; } = [];

    /// <summary>Accounts whose MODSEQ moved, with what happened in those that somebody looks at; null for others.</summary>
    public Dictionary<AccountId, AccountLog?> Logs { get; private set; } = [];

    /// <summary>Accounts that got messages.</summary>
    public HashSet<AccountId> Received { get; private set; } = [];

    /// <summary>True for an account that is kept in memory by email.</summary>
    public Func<AccountId, bool> IsWatched { get; init; } = _ => false;

    /// <summary>Runs after the commit, on the writer: short, and never throws.</summary>
    public List<Action> AfterCommit { get; } = [];

    /// <summary>Clears away what is kept of a removed account beside the database.</summary>
    public Action<AccountId> AccountGone { get; init; } = _ => { };

    /// <summary>A verb left something for the purge to do.</summary>
    public Action PurgeSoon { get; init; } = () => { };

    /// <summary>Tells that submissions of an account changed.</summary>
    public Action<AccountId> AnnounceSubmissions { get; init; } = _ => { };

    /// <summary>Tells that emails were put off.</summary>
    public Action AnnounceSnoozes { get; init; } = () => { };

    /// <summary>Tells that annotations changed.</summary>
    public Action<AnnotationsChanged> AnnounceAnnotations { get; init; } = _ => { };

    /// <summary>Tells that there is something for scripts to run for.</summary>
    public Action AnnounceEvents { get; init; } = () => { };

    /// <summary>Segments with octets that this batch refers to.</summary>
    public IReadOnlyCollection<int> Unflushed => unflushed;

    public void Begin()
    {
        Now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (emailNext == 0) Load();
        Database.Get("BEGIN IMMEDIATE").Run();
    }

    /// <summary>Forgets all that the batch did and all that was kept.</summary>
    public void Forget()
    {
        accounts.Clear();
        mailboxes.Clear();
        scripted = null;
        emailNext = 0;
        Clear();
    }

    /// <summary>Ready for the next batch.</summary>
    public void Clear()
    {
        dirtyAccounts.Clear();
        dirtyMailboxes.Clear();
        segments.Clear();
        lastDelta.Clear();
        unflushed.Clear();
        submissionsOf.Clear();
        isSnoozeSet = false;
        areEventsAdded = false;
        AfterCommit.Clear();
        Deltas = [];
        Touched = [];
        if (Received.Count > 0) Received = [];
        Logs = [];
        if (accounts.Count + mailboxes.Count <= MaxKept) return;
        accounts.Clear();
        mailboxes.Clear();
    }

    /// <summary>Submissions of the account are being changed: told once after the commit.</summary>
    public void SubmissionsChanged(AccountId account)
    {
        if (submissionsOf.Add(account)) AfterCommit.Add(() => AnnounceSubmissions(account));
    }

    /// <summary>An email is being put off: told once after the commit.</summary>
    public void SnoozeSet()
    {
        if (!isSnoozeSet) AfterCommit.Add(AnnounceSnoozes);
        isSnoozeSet = true;
    }

    /// <summary>Events are being written: told once after the commit.</summary>
    public void EventsAdded()
    {
        if (!areEventsAdded) AfterCommit.Add(AnnounceEvents);
        areEventsAdded = true;
    }

    /// <summary>A mailbox of the account has a script for events, or the account has one for all. Kept in memory: every delivery and change of flags asks.</summary>
    public bool IsScripted(AccountId account)
    {
        if (scripted is null)
        {
            scripted = [];
            var rows = Database.Get($"SELECT DISTINCT account FROM annotation WHERE name = '{AnnotationStore.ScriptName}'"); // index annotation_script
            while (rows.Step()) scripted.Add(new AccountId(rows.Int64(0)));
        }
        return scripted.Contains(account);
    }

    /// <summary>Scripts were bound or unbound.</summary>
    public void ForgetScripted() => scripted = null;

    public long NextEmail() => emailNext++;

    /// <summary>Id that the next row of the trace gets.</summary>
    public long TraceNext => traceNext;

    public long NextTrace() => traceNext++;

    /// <summary>The first of so many ids in a row for recipients of the queue.</summary>
    public long NextRecipients(int count)
    {
        var first = recipientNext;
        recipientNext += count;
        return first;
    }

    /// <summary>The account's next MODSEQ; a verb takes one.</summary>
    public ModSeq NextModSeq(AccountState account)
    {
        account.ModSeq++;
        Log(account.Id);
        Save(account);
        return new ModSeq(account.ModSeq);
    }

    /// <summary>
    /// Where to note what happens in an account; null when nobody looks. Decided once a batch, so that a log has all of the batch or does not exist.
    /// </summary>
    public AccountLog? Log(AccountId account)
    {
        if (!Logs.TryGetValue(account, out var log)) Logs.Add(account, log = IsWatched(account) ? new AccountLog() : null);
        return log;
    }

    public AccountState Account(AccountId id) =>
        FindAccount(id) is { Removed: false } account ? account : throw new StoreRefusedException(StoreRefusal.NoSuchAccount, "there is no such account");

    /// <summary>An account, also one that is being removed.</summary>
    public AccountState? FindAccount(AccountId id)
    {
        if (accounts.TryGetValue(id, out var account)) return account;
        account = Rows.LoadAccount(Database, id);
        if (account is not null) accounts.Add(id, account);
        return account;
    }

    /// <summary>Forgets a row that a verb wrote itself.</summary>
    public void Forget(AccountId id)
    {
        if (accounts.TryGetValue(id, out var account) && account.Dirty) Rows.Save(Database, account);
        accounts.Remove(id);
        foreach (var mailbox in mailboxes.Values.Where(mailbox => mailbox.Account.Id == id).ToList())
        {
            if (mailbox.Dirty) Rows.Save(Database, mailbox);
            mailboxes.Remove(mailbox.Id);
        }
        dirtyAccounts.RemoveAll(dirty => dirty.Id == id);
        dirtyMailboxes.RemoveAll(dirty => dirty.Account.Id == id);
    }

    /// <summary>A mailbox that messages can be in.</summary>
    public MailboxState Mailbox(MailboxId id) =>
        FindMailbox(id) is { IsDeleted: false, Selectable: true, Account.Removed: false } mailbox
            ? mailbox
            : throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");

    /// <summary>A mailbox of any kind, also one that is being deleted.</summary>
    public MailboxState? FindMailbox(MailboxId id)
    {
        if (mailboxes.TryGetValue(id, out var mailbox)) return mailbox;
        mailbox = Rows.LoadMailbox(Database, id, this);
        if (mailbox is not null) mailboxes.Add(id, mailbox);
        return mailbox;
    }

    public MailboxState? FindMailbox(AccountState account, string name) =>
        Rows.FindMailbox(Database, account.Id, name) is { } id ? FindMailbox(id) : null;

    public void Save(AccountState account)
    {
        if (account.Dirty) return;
        account.Dirty = true;
        dirtyAccounts.Add(account);
    }

    /// <summary>The mailbox changed at <paramref name="modSeq"/>.</summary>
    public void Save(MailboxState mailbox, ModSeq modSeq)
    {
        mailbox.HighestModSeq = modSeq.Value;
        if (!Touched.TryGetValue(mailbox.Account.Id, out var touched)) Touched.Add(mailbox.Account.Id, touched = []);
        touched.Add(mailbox.Id);
        if (mailbox.Dirty) return;
        mailbox.Dirty = true;
        dirtyMailboxes.Add(mailbox);
    }

    /// <summary>The account changed in a way that is of no mailbox.</summary>
    public void Touch(AccountState account)
    {
        if (!Touched.ContainsKey(account.Id)) Touched.Add(account.Id, []);
    }

    /// <summary>The account changed in a way that is not one of a mailbox's messages.</summary>
    public void Touch(AccountState account, MailboxId mailbox)
    {
        if (!Touched.TryGetValue(account.Id, out var touched)) Touched.Add(account.Id, touched = []);
        touched.Add(mailbox);
    }

    /// <summary>What to tell those who look at a mailbox about the change being made.</summary>
    /// <param name="onlyAdds">Additions in a row are told as one.</param>
    public MailboxDelta Delta(MailboxState mailbox, ModSeq modSeq, bool onlyAdds)
    {
        if (!(onlyAdds && lastDelta.TryGetValue(mailbox.Id, out var delta) && delta.OnlyAdds))
        {
            delta = new MailboxDelta(mailbox.Id);
            lastDelta[mailbox.Id] = delta;
            Deltas.Add(delta);
        }
        delta.ModSeq = modSeq;
        delta.UidNext = (uint)mailbox.UidNext;
        return delta;
    }

    /// <summary>A blob takes or (negative) leaves octets of a segment.</summary>
    public void CountSegment(int segment, long end, long octets)
    {
        var (head, live) = segments.GetValueOrDefault(segment);
        segments[segment] = (Math.Max(head, end), live + octets);
        if (octets > 0) unflushed.Add(segment);
    }

    /// <summary>Writes the counters that the batch moved.</summary>
    public void SaveCounters()
    {
        foreach (var account in dirtyAccounts) Rows.Save(Database, account);
        foreach (var mailbox in dirtyMailboxes) Rows.Save(Database, mailbox);
        foreach (var (segment, (head, live)) in segments) SaveSegment(segment, head, live);
        segments.Clear();
        dirtyAccounts.Clear();
        dirtyMailboxes.Clear();
        if (emailNext != emailNextSaved) SaveNumber("email_next", emailNextSaved = emailNext);
        if (traceNext != traceNextSaved) SaveNumber("trace_next", traceNextSaved = traceNext);
        if (recipientNext != recipientNextSaved) SaveNumber("queue_next", recipientNextSaved = recipientNext);
        if (lastBlob() > blobHigh - (BlobStep / 2)) SaveNumber("blob_high", blobHigh = lastBlob() + BlobStep);
    }

    private void SaveSegment(int segment, long head, long live) =>
        Database.Get("""
            INSERT INTO segment (id, size, head, live) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET head = max(head, excluded.head), live = live + excluded.live
            """).Bind(1, segment).Bind(2, Packs.SizeOf(segment)).Bind(3, head).Bind(4, live).Run();

    private void Load()
    {
        emailNext = emailNextSaved = Database.Scalar("SELECT value FROM store WHERE key = 'email_next'");
        traceNext = traceNextSaved = Database.Scalar("SELECT value FROM store WHERE key = 'trace_next'");
        recipientNext = recipientNextSaved = Database.Scalar("SELECT value FROM store WHERE key = 'queue_next'");
        blobHigh = Database.Scalar("SELECT value FROM store WHERE key = 'blob_high'");
    }

    private void SaveNumber(string key, long value) =>
        Database.Get("UPDATE store SET value = ?2 WHERE key = ?1").Bind(1, key).Bind(2, value).Run();
}
