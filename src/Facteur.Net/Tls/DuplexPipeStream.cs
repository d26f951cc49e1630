using System.Buffers;
using System.IO.Pipelines;

namespace Facteur.Net;

/// <summary>
/// A pair of pipes as the stream that SslStream wants. A read into an empty buffer waits for octets and takes none, so
/// that an idle TLS connection needs no read buffer. The pipes are not completed when it is disposed.
/// </summary>
public sealed class DuplexPipeStream(PipeReader input, PipeWriter output) : Stream
{
    private volatile bool stopped;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!stopped)
        {
            var result = await input.ReadAsync(cancellationToken);
            var received = result.Buffer;
            if (!received.IsEmpty)
            {
                var taken = received.Slice(0, Math.Min(received.Length, buffer.Length));
                var count = (int)taken.Length; // counted now: the segments are gone after AdvanceTo
                taken.CopyTo(buffer.Span);
                input.AdvanceTo(taken.End);
                return count;
            }
            input.AdvanceTo(received.End);
            if (result.IsCompleted)
                break; // but a cancelled read goes on: it was meant for a reader that is not there any more
        }
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await output.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
            throw new IOException("the client is gone");
    }

    /// <summary>A pending read and all later ones answer the end of the stream. Any thread.</summary>
    public void StopReading()
    {
        stopped = true;
        input.CancelPendingRead();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // WriteAsync flushes

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
