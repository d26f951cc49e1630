using System.Buffers;
using Facteur.Delivery.Authentication.Arc;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>Seals a message that is sent on (RFC 8617 §5.1): where it goes, what we found of its sender can be read, though SPF now looks at us.</summary>
internal sealed class ForwardSeal(DkimKeyRing keys, string hostName, TimeProvider time)
{
    /// <summary>The fields of an ARC set, each with its CRLF; empty when the domain has no keys or the chain takes no further set.</summary>
    /// <param name="message">Complete, with our results at its top.</param>
    /// <param name="skip">Octets at its start that are not sent.</param>
    /// <param name="via">The address of ours that sends it on: its domain seals.</param>
    public async ValueTask<ReadOnlyMemory<byte>> WriteAsync(MessageIntake message, int skip, string via, CancellationToken cancel)
    {
        if (RouteTable.DomainOf(via) is not { } domain || await keys.SigningAsync(domain, cancel) is not [var key, ..]) return default;
        using var sealer = new ArcSealer(key, hostName);
        await foreach (var piece in message.PiecesAsync(skip, cancel)) sealer.Write(piece.Span);
        var set = new ArrayBufferWriter<byte>(1024);
        sealer.Complete(set, time.GetUtcNow());
        return set.WrittenMemory;
    }
}
