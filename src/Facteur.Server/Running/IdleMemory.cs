namespace Facteur.Server.Running;

/// <summary>
/// Collects garbage when the server has become quiet. The collector itself waits until a budget as large as the processor's
/// cache is used up, which on an idle server is never: what a burst of connections left would stay (measured: 20 MiB after
/// 1,000 logins).
/// </summary>
internal sealed class IdleMemory : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Allocated in one interval, above which the server is not quiet.</summary>
    private const long QuietOctets = 512 * 1024;

    /// <summary>Allocated since the last collection, below which it is not worth one.</summary>
    private const long WorthwhileOctets = 4 * 1024 * 1024;

    /// <summary>A heap above this is left to the collector in the background: compacting it would stop sessions for too long.</summary>
    private const long SmallHeapOctets = 128 * 1024 * 1024;

    private readonly ITimer timer;
    private long allocatedAtCheck;
    private long allocatedAtCollection;

    public IdleMemory(TimeProvider time) => timer = time.CreateTimer(_ => Check(), null, Interval, Interval);

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Check()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var lately = allocated - allocatedAtCheck;
        allocatedAtCheck = allocated;
        if (lately > QuietOctets || allocated - allocatedAtCollection < WorthwhileOctets)
            return;
        allocatedAtCollection = allocated;
        var small = GC.GetGCMemoryInfo().HeapSizeBytes < SmallHeapOctets;
        GC.Collect(GC.MaxGeneration, small ? GCCollectionMode.Aggressive : GCCollectionMode.Optimized, blocking: small, compacting: small);
    }
}
