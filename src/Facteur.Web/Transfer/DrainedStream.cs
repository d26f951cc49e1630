using System.Buffers;

namespace Facteur.Web.Transfer;

/// <summary>Takes what is written at once or not, and gives it on when asked: what writes archives writes some of it synchronously, which no answer may.</summary>
internal sealed class DrainedStream(Stream target) : Stream
{
    /// <summary>Kept at most, about: whoever writes drains after each piece.</summary>
    public const int Full = 256 * 1024;

    private readonly ArrayBufferWriter<byte> kept = new(Full);

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Gives on what is kept, when it is worth it.</summary>
    public async ValueTask DrainAsync(bool always, CancellationToken cancel)
    {
        if (kept.WrittenCount == 0 || (!always && kept.WrittenCount < Full)) return;
        await target.WriteAsync(kept.WrittenMemory, cancel);
        kept.ResetWrittenCount();
    }

    public override void Write(byte[] buffer, int offset, int count) => kept.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => kept.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override void Flush()
    {
        // Drained by whoever writes.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
