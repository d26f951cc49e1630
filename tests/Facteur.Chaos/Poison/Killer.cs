namespace Facteur.Chaos.Poison;

/// <summary>Says when the recipient is offered on which the server is to die, and keeps that transaction waiting until it has.</summary>
internal sealed class Killer : IAsyncDisposable
{
    private readonly Lock gate = new();
    private TaskCompletionSource offered = New();
    private TaskCompletionSource released = New();
    private volatile bool isMended;

    public Task OfferAsync(string recipient)
    {
        if (isMended || !recipient.StartsWith("poison", StringComparison.Ordinal)) return Task.CompletedTask;
        lock (gate)
        {
            offered.TrySetResult();
            return released.Task;
        }
    }

    public Task OfferedAsync()
    {
        lock (gate) return offered.Task.WaitAsync(TimeSpan.FromMinutes(3));
    }

    /// <summary>The server is dead.</summary>
    public void Forget()
    {
        lock (gate)
        {
            released.TrySetResult();
            (offered, released) = (New(), New());
        }
    }

    public void Mend()
    {
        isMended = true;
        Forget();
    }

    public ValueTask DisposeAsync()
    {
        Mend();
        return default;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
