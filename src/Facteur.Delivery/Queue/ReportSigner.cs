using System.Buffers;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Domains;
using Facteur.Mail;

namespace Facteur.Delivery.Queue;

/// <summary>Signs reports with the keys of the domain they are from.</summary>
public sealed class ReportSigner(DkimKeyRing keys, TimeProvider time)
{
    private const int Step = 16 * 1024;

    /// <summary>DKIM-Signature fields with their CRLF; empty when the domain has no keys.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(string from, IMessageSource message, CancellationToken cancel)
    {
        if (RouteTable.DomainOf(from) is not { } domain || await keys.SigningAsync(domain, cancel) is not { Count: > 0 } ready) return default;
        using var signer = new DkimSigner(ready);
        var piece = new byte[Step];
        for (long at = 0; at < message.Length;)
        {
            var read = await message.ReadAsync(at, piece, cancel);
            if (read == 0) break;
            signer.Write(piece.AsSpan(0, read));
            at += read;
        }
        var fields = new ArrayBufferWriter<byte>(1024);
        signer.Complete(fields, time.GetUtcNow());
        return fields.WrittenMemory;
    }
}
