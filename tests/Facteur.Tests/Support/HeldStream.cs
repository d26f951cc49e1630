namespace Facteur.Tests.Support;

/// <summary>A body of which the first octet is there, and the rest does not come until it is ended.</summary>
internal sealed class HeldStream : ReadOnlyStream
{
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isFirst = true;

    /// <summary>Somebody reads on.</summary>
    public Task Begun => begun.Task;

    public void End() => ended.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (isFirst)
        {
            isFirst = false;
            buffer.Span[0] = 1;
            return 1;
        }
        begun.TrySetResult();
        await ended.Task.WaitAsync(cancellationToken);
        return 0;
    }
}

/// <summary>So many zeros.</summary>
internal sealed class EndlessStream(long length) : ReadOnlyStream
{
    private long left = length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var step = (int)Math.Min(left, buffer.Length);
        left -= step;
        return new(step);
    }
}

/// <summary>What streams must have that are only read, forwards.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => throw new NotSupportedException();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
