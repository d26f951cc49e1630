using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Counts and learns of messages after their commit, behind the answer to the client: a message that is there is told so, whatever
/// becomes of what is noted about it. A 4xx for it would have it sent again (RFC 5321 §4.2.5), and one more commit before the 250
/// would have every client wait for it.
/// </summary>
/// <remarks>Before the service runs, after it stopped, and while too much waits, who brings a note writes it himself; what fails is logged either way.</remarks>
public sealed partial class Bookkeeping(ILogger<Bookkeeping> logger) : BackgroundService
{
    private const int MaxWaiting = 1_000;

    /// <summary>Written at the same time: they share commits of the store.</summary>
    private const int MaxTogether = 100;

    private readonly Channel<Note> waiting = Channel.CreateBounded<Note>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ILogger logger = logger;

    /// <summary>Takes a note about a message that is in the store. Never throws what writing it threw.</summary>
    internal ValueTask AddAsync(string transaction, Func<CancellationToken, ValueTask> write)
    {
        var note = new Note(transaction, write);
        return ExecuteTask is not null && waiting.Writer.TryWrite(note) ? default : new(WriteAsync(note));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        // Stopped before it came to run at all: what it would have written waits still.
        if (ExecuteTask is { IsCanceled: true }) await WriteWaitingAsync();
    }

    // Ends when no more can come and all is written: what waits at the end of the process is of messages that were taken.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => WriteWaitingAsync();

    private async Task WriteWaitingAsync()
    {
        var together = new List<Task>(MaxTogether);
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (together.Count < MaxTogether && waiting.Reader.TryRead(out var note)) together.Add(WriteAsync(note));
            await Task.WhenAll(together);
            together.Clear();
        }
    }

    // The client's connection may be gone, its message is not: nothing cancels what is noted of it.
    private async Task WriteAsync(Note note)
    {
        try
        {
            await note.Write(CancellationToken.None);
        }
        catch (Exception e)
        {
            LogLost(e, note.Transaction);
        }
    }

    private readonly record struct Note(string Transaction, Func<CancellationToken, ValueTask> Write);

    [LoggerMessage(LogLevel.Warning, "Message {Transaction} is taken, but what is counted and learnt of it could not be written", EventName = "delivery.bookkeeping.lost")]
    private partial void LogLost(Exception e, string transaction);
}
