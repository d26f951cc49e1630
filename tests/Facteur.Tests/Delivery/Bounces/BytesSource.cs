using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Delivery.Bounces;

/// <summary>A message that lies in memory.</summary>
internal sealed class BytesSource(byte[] octets) : IMessageSource
{
    public static BytesSource Of(string text) => new(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    public long Length => octets.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        if (offset >= octets.Length) return new(0);
        var count = (int)Math.Min(buffer.Length, octets.Length - offset);
        octets.AsMemory((int)offset, count).CopyTo(buffer);
        return new(count);
    }
}
