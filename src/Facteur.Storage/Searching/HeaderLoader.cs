using System.Buffers;

namespace Facteur.Storage.Searching;

/// <summary>Reads the header of one message after the other into the same memory.</summary>
public sealed class HeaderLoader(MailStore store)
{
    /// <summary>Octets looked at of one header.</summary>
    private const int MaxOctets = 256 * 1024;

    private readonly ArrayBufferWriter<byte> header = new();

    /// <summary>The header of a message, or its start; what of it can be read, when it is damaged or gone. Good until the next call.</summary>
    /// <param name="headerOctets">Octets of the header, the empty line included.</param>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BodyReference message, long headerOctets, CancellationToken cancel)
    {
        header.ResetWrittenCount();
        var length = (int)Math.Min(headerOctets, MaxOctets);
        try
        {
            await using var body = await store.OpenBodyAsync(message, cancel);
            while (body is not null && header.WrittenCount < length)
            {
                var missing = length - header.WrittenCount;
                var read = await body.ReadAsync(header.WrittenCount, header.GetMemory(missing)[..missing], cancel);
                if (read <= 0) break;
                header.Advance(read);
            }
        }
        catch (DamagedMessageException)
        {
            // A search over 100,000 messages does not fail for one of them; who reads the message is told.
        }
        return header.WrittenMemory;
    }
}
