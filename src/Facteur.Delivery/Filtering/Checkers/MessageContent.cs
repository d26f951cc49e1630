using System.Buffers;
using System.Net;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>The octets of a message as the body of a request, read as they are sent.</summary>
internal sealed class MessageContent(IMessageSource source, long start) : HttpContent
{
    private const int ChunkOctets = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkOctets);
        try
        {
            for (var at = start; await source.ReadAsync(at, buffer.AsMemory(0, ChunkOctets), cancellationToken) is var count and > 0; at += count)
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length - start;
        return true;
    }
}
