namespace Facteur.Storage.Embedded.Views;

/// <summary>The mailboxes that somebody looks at.</summary>
internal sealed class ViewRegistry(Func<MailboxId, MailboxSnapshot> load)
{
    private readonly Lock gate = new();
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
            if (--shared.Holders == 0) views.Remove(shared.Mailbox);
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
            shared.Holders++;
            return shared;
        }
    }
}
