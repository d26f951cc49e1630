using System.IO.Pipelines;
using Facteur.Net;

namespace Facteur.Tests.Smtp.Client;

/// <summary>Counts what passes and knows whether somebody waits in a read; disposing closes both directions, as a socket does.</summary>
internal sealed class MemoryWire(DuplexPipeStream inner, PipeReader reader, PipeWriter writer) : Stream
{
    private long read;
    private long written;
    private volatile bool isReading;

    /// <summary>Two ends joined in memory.</summary>
    public static (MemoryWire Client, MemoryWire Peer) CreatePair()
    {
        var up = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var down = new Pipe(new PipeOptions(useSynchronizationContext: false));
        return (new MemoryWire(new DuplexPipeStream(down.Reader, up.Writer), down.Reader, up.Writer), new MemoryWire(new DuplexPipeStream(up.Reader, down.Writer), up.Reader, down.Writer));
    }

    /// <summary>Ends what this side writes; with an exception the other side sees a reset.</summary>
    public Task CloseAsync(Exception? reset = null) => writer.CompleteAsync(reset).AsTask();

    public bool IsReading => isReading;
    public long Received => Volatile.Read(ref read);
    public long Written => Volatile.Read(ref written);
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        isReading = true;
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            isReading = false;
            Interlocked.Add(ref read, count);
            return count;
        }
        finally
        {
            isReading = false;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref written, buffer.Length);
        await inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await writer.CompleteAsync();
        reader.CancelPendingRead();
        await reader.CompleteAsync();
        await base.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
