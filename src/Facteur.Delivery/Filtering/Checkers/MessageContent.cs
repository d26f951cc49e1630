using System.Net;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>The octets of a message as the body of a request, read as they are sent.</summary>
internal sealed class MessageContent(IMessageSource source, long start) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await foreach (var piece in source.PiecesAsync(start, cancellationToken)) await stream.WriteAsync(piece, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length - start;
        return true;
    }
}
