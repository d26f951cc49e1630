using System.Threading.Tasks.Sources;

namespace Facteur.Jmap.Push;

/// <summary>Wakes one who waits, without allocating: thousands wait for hours. A signal that nobody waits for is kept; several are one.</summary>
internal sealed class PushSignal : IValueTaskSource
{
    private readonly Lock gate = new();
    private ManualResetValueTaskSourceCore<bool> core = new() { RunContinuationsAsynchronously = true };
    private bool isSet;
    private bool isWaiting;

    public void Set()
    {
        lock (gate)
        {
            if (isSet) return;
            isSet = true;
            if (!isWaiting) return;
            isWaiting = false;
        }
        core.SetResult(true);
    }

    /// <summary>Completes with the next signal; one waits at a time.</summary>
    public ValueTask WaitAsync()
    {
        lock (gate)
        {
            if (isSet)
            {
                isSet = false;
                return ValueTask.CompletedTask;
            }
            core.Reset();
            isWaiting = true;
            return new ValueTask(this, core.Version);
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        core.GetResult(token);
        lock (gate) isSet = false;
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
