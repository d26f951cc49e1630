namespace Facteur.Storage.Embedded.Packs;

/// <summary>
/// A segment full of zeros, made while the active one fills. Flushing octets written over others takes a third of the time of flushing
/// octets written into room that was only reserved, since the file system then has nothing of its own to write
/// (docs/decisions/0003-prepared-segments.md).
/// </summary>
internal sealed class NextSegment(string path, long octets, IStoreFiles files) : IDisposable
{
    /// <summary>Segments that must still fit on the device beside it.</summary>
    private const int RoomFactor = 8;

    private readonly SemaphoreSlim wanted = new(0);
    private int state; // of State

    /// <summary>Keeps what an earlier run made ready.</summary>
    public void Load()
    {
        if (!File.Exists(path)) return;
        if (new FileInfo(path).Length == octets) state = State.Ready;
        else files.Delete(path);
    }

    /// <summary>Asks for it, once.</summary>
    public void Want()
    {
        if (Interlocked.CompareExchange(ref state, State.Wanted, State.None) == State.None) wanted.Release();
    }

    /// <summary>Waits until it is asked for, and makes it. When the device is short of room, there is none until the next segment begins.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        await wanted.WaitAsync(cancel);
        if (files.AvailableOctets(Path.GetDirectoryName(path)!) / RoomFactor < octets) return;
        try
        {
            files.Prepare(path, octets, cancel);
            Volatile.Write(ref state, State.Ready);
        }
        catch
        {
            files.Delete(path);
            throw;
        }
    }

    /// <summary>The prepared segment under its name; null when there is none.</summary>
    public ISegmentFile? Take(string name)
    {
        var before = Interlocked.CompareExchange(ref state, State.None, State.Ready);
        return before == State.Ready ? files.Adopt(path, name) : null;
    }

    public void Dispose() => wanted.Dispose();

    private static class State
    {
        public const int None = 0;
        public const int Wanted = 1;
        public const int Ready = 2;
    }
}
