namespace Facteur.Storage.Embedded.Views;

/// <summary>
/// The mailboxes that somebody looks at, and the last few that somebody looked at: clients leave a mailbox and come back, and reading
/// 100,000 entries again takes 30 ms.
/// </summary>
internal sealed class ViewRegistry(Func<MailboxId, MailboxSnapshot> load)
{
    private const int MaxResting = 32;

    /// <summary>About 14 MB.</summary>
    private const int MaxRestingMessages = 500_000;

    private readonly Lock gate = new();
    private readonly LinkedList<SharedView> resting = new();
    private int restingMessages;
    private readonly Dictionary<MailboxId, SharedView> views = [];

    /// <summary>Starts looking; throws NoSuchMailbox.</summary>
    public EmbeddedView Open(MailboxId mailbox)
    {
        var shared = Hold(mailbox);
        try
        {
            Present(shared);
            return new EmbeddedView(this, shared);
        }
        catch
        {
            LetGo(shared);
            throw;
        }
    }

    /// <summary>The present snapshot for one look.</summary>
    public MailboxSnapshot Look(MailboxId mailbox)
    {
        var shared = Hold(mailbox);
        try
        {
            return Present(shared);
        }
        finally
        {
            LetGo(shared);
        }
    }

    public MailboxSnapshot Current(SharedView shared) => shared.Current(load);

    public void LetGo(SharedView shared)
    {
        lock (gate)
        {
            if (--shared.Holders > 0) return;
            shared.RestingMessages = shared.IsDeleted ? null : shared.Messages;
            if (shared.RestingMessages is not { } messages)
            {
                views.Remove(shared.Mailbox);
                return;
            }
            resting.AddLast(shared);
            restingMessages += messages;
            while (resting.Count > MaxResting || restingMessages > MaxRestingMessages) views.Remove(Wake(resting.First!.Value).Mailbox);
        }
    }

    /// <summary>Hands a change to those who look; called by the writer in the order of commits. Answers whom to notify.</summary>
    public SharedView? Publish(MailboxDelta delta)
    {
        SharedView? shared;
        lock (gate) views.TryGetValue(delta.Mailbox, out shared);
        shared?.Publish(delta);
        return shared;
    }

    // Others may still hold a mailbox that was deleted; nobody new may look at it.
    private MailboxSnapshot Present(SharedView shared)
    {
        var snapshot = shared.Current(load);
        return shared.IsDeleted ? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox") : snapshot;
    }

    private SharedView Hold(MailboxId mailbox)
    {
        lock (gate)
        {
            if (!views.TryGetValue(mailbox, out var shared)) views.Add(mailbox, shared = new SharedView(mailbox));
            else if (shared.Holders == 0 && shared.RestingMessages is not null) Wake(shared);
            shared.Holders++;
            return shared;
        }
    }

    private SharedView Wake(SharedView shared)
    {
        resting.Remove(shared);
        restingMessages -= shared.RestingMessages!.Value;
        shared.RestingMessages = null;
        return shared;
    }
}
