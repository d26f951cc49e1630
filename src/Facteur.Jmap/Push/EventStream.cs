using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>
/// Events to one client. While nothing happens it holds a timer and what its listener knows, and no buffer. A client that reads slowly is told less
/// often: what happens meanwhile becomes one event.
/// </summary>
internal sealed class EventStream(PipeWriter output, EventRequest asked, TimeProvider time)
{
    /// <summary>From one state event to the next at least.</summary>
    public static readonly TimeSpan MinGap = TimeSpan.FromMilliseconds(20);

    /// <summary>Then the client comes again, and shows its credentials: they may have run out, which nobody announces.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>A line that says nothing, where no pings are wanted, so that neither side holds a dead connection.</summary>
    private static readonly TimeSpan quiet = TimeSpan.FromMinutes(5);

    private readonly PushSignal signal = new();
    private bool isGone;

    /// <param name="lastEventId">What the client has, or null.</param>
    public async Task RunAsync(PushHub hub, JmapUser user, string? lastEventId, CancellationToken cancel)
    {
        using var listener = await hub.ListenAsync(user, asked.Types, string.IsNullOrEmpty(lastEventId) ? null : lastEventId, signal.Set, cancel);
        await using var timer = time.CreateTimer(static state => ((PushSignal)state!).Set(), signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var ending = cancel.UnsafeRegister(static state => ((PushSignal)state!).Set(), signal);
        try
        {
            await BeginAsync(lastEventId is null ? listener.Token : null, cancel);
            await LoopAsync(listener, timer, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Who is not let in any more finds the stream at its end, and hears why when it comes again.
        }
    }

    private async Task LoopAsync(PushListener listener, ITimer timer, CancellationToken cancel)
    {
        var interval = asked.Ping ?? quiet;
        var (begun, lastEvent) = (time.GetTimestamp(), time.GetTimestamp());
        long? lastState = null;
        while (!isGone && !cancel.IsCancellationRequested && time.GetElapsedTime(begun) < Lifetime)
        {
            var due = Lifetime - time.GetElapsedTime(begun);
            if (listener.HasChanges)
            {
                var gap = lastState is { } last ? MinGap - time.GetElapsedTime(last) : TimeSpan.Zero;
                if (gap <= TimeSpan.Zero)
                {
                    if (listener.Take() is not { } change) continue;
                    await WriteAsync(change, cancel);
                    if (asked.CloseAfterState) return;
                    lastEvent = time.GetTimestamp();
                    lastState = lastEvent;
                    continue;
                }
                due = Smaller(due, gap);
            }
            if (interval <= time.GetElapsedTime(lastEvent))
            {
                await PingAsync(interval, cancel);
                lastEvent = time.GetTimestamp();
            }
            due = Smaller(due, interval - time.GetElapsedTime(lastEvent));
            timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await signal.WaitAsync();
        }
    }

    private static TimeSpan Smaller(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Opens the stream. An id without data is kept by the client: what happens before the first event is not lost when the line breaks.</summary>
    private async ValueTask BeginAsync(string? token, CancellationToken cancel)
    {
        // Not all at once when the server comes back.
        Text(string.Create(CultureInfo.InvariantCulture, $"retry: {RandomNumberGenerator.GetInt32(1000, 5000)}\n"));
        if (token is not null) Text($"id: {token}\n");
        Text("\n");
        await FlushAsync(cancel);
    }

    private async ValueTask WriteAsync(StateChange change, CancellationToken cancel)
    {
        Text($"event: state\nid: {change.Token}\ndata: ");
        using (var writer = new Utf8JsonWriter(output, JmapJson.Writing)) change.Write(writer);
        Text("\n\n");
        await FlushAsync(cancel);
    }

    private async ValueTask PingAsync(TimeSpan interval, CancellationToken cancel)
    {
        Text(asked.Ping is null ? ":\n\n" : string.Create(CultureInfo.InvariantCulture, $"event: ping\ndata: {{\"interval\":{(long)interval.TotalSeconds}}}\n\n"));
        await FlushAsync(cancel);
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);

    private async ValueTask FlushAsync(CancellationToken cancel) => isGone |= (await output.FlushAsync(cancel)).IsCompleted;
}
