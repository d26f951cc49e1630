namespace Facteur.Storage.Embedded.Views;

/// <summary>One look at a mailbox.</summary>
internal sealed class EmbeddedView : MailboxView
{
    private readonly ViewRegistry registry;
    private SharedView? shared;

    public EmbeddedView(ViewRegistry registry, SharedView shared)
    {
        (this.registry, this.shared) = (registry, shared);
        shared.Watch(this);
    }

    public override bool IsDeleted => (shared ?? throw new ObjectDisposedException(nameof(MailboxView))).IsDeleted;

    public override ValueTask<MailboxSnapshot> RefreshAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(registry.Current(shared ?? throw new ObjectDisposedException(nameof(MailboxView))));
    }

    public void Notify() => RaiseChanged();

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref shared, null) is not { } held) return;
        held.Unwatch(this);
        registry.LetGo(held);
    }
}
