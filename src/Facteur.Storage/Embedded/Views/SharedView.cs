namespace Facteur.Storage.Embedded.Views;

/// <summary>
/// What all who look at one mailbox share: its latest snapshot, and the changes since that nobody asked for yet. The writer adds a change
/// before it answers the verb that made it, so a refresh after an answer always holds what was answered.
/// </summary>
internal sealed class SharedView(MailboxId mailbox)
{
    // Changes are applied when somebody asks; past this many at once, so that an idle watcher costs no memory.
    private const int MaxPending = 4096;

    private readonly Lock gate = new();
    private readonly Lock loading = new();
    private readonly List<MailboxDelta> pending = [];
    private readonly List<EmbeddedView> watchers = [];
    private MailboxSnapshot? snapshot;
    private int pendingSize;
    private volatile bool deleted;

    public MailboxId Mailbox { get; } = mailbox;

    public bool IsDeleted => deleted;

    /// <summary>Held by views and by readers of snapshots; guarded by the registry.</summary>
    public int Holders { get; set; }

    /// <summary>Messages it counted for while nobody looks; null while somebody does. Guarded by the registry.</summary>
    public int? RestingMessages { get; set; }

    /// <summary>Messages of the snapshot; null before it was read.</summary>
    public int? Messages
    {
        get { lock (gate) return snapshot?.Count; }
    }

    /// <summary>The latest snapshot; read from the database by the first who asks.</summary>
    /// <param name="load">Reads the mailbox. Called after this view was made known, so no change falls between.</param>
    public MailboxSnapshot Current(Func<MailboxId, MailboxSnapshot> load)
    {
        lock (gate)
        {
            Apply();
            if (snapshot is not null) return snapshot;
        }

        // Not under the gate: the writer must not wait for a long mailbox to be read.
        lock (loading)
        {
            var loaded = snapshot is null ? load(Mailbox) : null;
            lock (gate)
            {
                if (loaded is not null)
                {
                    snapshot = loaded;
                    pending.RemoveAll(delta => delta.ModSeq.CompareTo(loaded.HighestModSeq) <= 0);
                }
                Apply();
                return snapshot!;
            }
        }
    }

    /// <summary>Adds a change, in the order of commits.</summary>
    public void Publish(MailboxDelta delta)
    {
        lock (gate)
        {
            if (delta.MailboxDeleted) deleted = true;
            else pending.Add(delta);
            pendingSize += delta.Size;
            if (pendingSize > MaxPending) Apply();
        }
    }

    public void Watch(EmbeddedView view)
    {
        lock (gate) watchers.Add(view);
    }

    public void Unwatch(EmbeddedView view)
    {
        lock (gate) watchers.Remove(view);
    }

    /// <summary>Calls the watchers, with no lock held.</summary>
    public void Notify()
    {
        EmbeddedView[] calls;
        lock (gate) calls = [.. watchers];
        foreach (var view in calls) view.Notify();
    }

    private void Apply()
    {
        if (pending.Count == 0 || snapshot is null) return;
        var builder = new MailboxSnapshotBuilder(snapshot);
        foreach (var delta in pending) delta.ApplyTo(builder);
        pending.Clear();
        pendingSize = 0;
        snapshot = builder.Build();
    }
}
