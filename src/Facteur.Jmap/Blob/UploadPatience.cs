namespace Facteur.Jmap.Blob;

/// <summary>
/// How long an upload may take: no pause longer than <see cref="MaxPause"/>, and in all no slower than a bad mobile line, so that nobody holds places
/// and room by sending an octet now and then.
/// </summary>
internal sealed class UploadPatience : IDisposable
{
    public static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    /// <summary>Before the speed counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public const int MinOctetsPerSecond = 2048;

    private readonly TimeProvider time;
    private readonly long started;
    private readonly CancellationTokenSource late;
    private readonly CancellationTokenSource either;

    public UploadPatience(TimeProvider time, CancellationToken cancel)
    {
        (this.time, started) = (time, time.GetTimestamp());
        late = new CancellationTokenSource(MaxPause, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
    }

    public bool IsOver => late.IsCancellationRequested;

    /// <summary>Cancelled when the next octets come too late.</summary>
    /// <param name="received">Octets so far.</param>
    public CancellationToken Next(long received)
    {
        var left = Grace + TimeSpan.FromSeconds(received / (double)MinOctetsPerSecond) - time.GetElapsedTime(started);
        late.CancelAfter(left < MaxPause ? left > TimeSpan.Zero ? left : TimeSpan.Zero : MaxPause);
        return either.Token;
    }

    public void Dispose()
    {
        either.Dispose();
        late.Dispose();
    }
}
