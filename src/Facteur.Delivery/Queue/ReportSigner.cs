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
        if (RouteTable.DomainOf(from) is not { } domain) return default;
        var ready = await keys.SigningAsync(domain, cancel);
        // Mail of the host itself is signed by the domain above it, with which it is aligned (RFC 7489 §3.1.1).
        if (ready.Count == 0 && domain.IndexOf('.', StringComparison.Ordinal) is var dot and > 0) ready = await keys.SigningAsync(domain[(dot + 1)..], cancel);
        if (ready.Count == 0) return default;
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
