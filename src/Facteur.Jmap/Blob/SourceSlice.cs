using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>A run of octets of another source.</summary>
internal sealed class SourceSlice(IMessageSource source, long offset, long length) : IMessageSource
{
    public long Length => length;

    public ValueTask<int> ReadAsync(long at, Memory<byte> buffer, CancellationToken cancel)
    {
        var left = Math.Min(length - at, buffer.Length);
        return left <= 0 ? new(0) : source.ReadAsync(offset + at, buffer[..(int)left], cancel);
    }
}
