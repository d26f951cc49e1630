using System.Net;

namespace Facteur.Delivery.Transport;

/// <summary>Opens connections to mail hosts. It may refuse addresses that are nobody's business.</summary>
public interface IOutboundDialer
{
    /// <exception cref="IOException">No connection; the message says why, for an operator.</exception>
    ValueTask<Stream> ConnectAsync(IPEndPoint remote, CancellationToken cancel);
}
