using System.Buffers;
using Facteur.Accounts;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Mail;
using Facteur.Smtp;

namespace Facteur.Delivery.Receiving;

/// <summary>Signs what our accounts send (RFC 6376), with the keys of the sender's domain.</summary>
internal static class Signing
{
    /// <summary>Null when the domain has no keys.</summary>
    /// <param name="account">Its address: the domain that signs for the empty reverse-path.</param>
    public static async ValueTask<DkimSigner?> OpenAsync(MailHandoff handoff, EnvelopeAddress? sender, string account, CancellationToken cancel)
    {
        var domain = sender?.Domain ?? account[(account.LastIndexOf('@') + 1)..];
        return DomainName.Normalize(domain) is { } name && await handoff.Services.Keys.SigningAsync(name, cancel) is { Count: > 0 } keys ? new DkimSigner(keys) : null;
    }

    /// <summary>The signatures of a message that is there as a whole; empty without keys.</summary>
    /// <param name="skip">Octets at its start that are not sent.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> SignAsync(MailHandoff handoff, EnvelopeAddress? sender, string account, IMessageSource message, int skip, CancellationToken cancel)
    {
        using var signer = await OpenAsync(handoff, sender, account, cancel);
        if (signer is null) return default;
        await foreach (var piece in message.PiecesAsync(skip, cancel)) signer.Write(piece.Span);
        var signatures = new ArrayBufferWriter<byte>(1024);
        signer.Complete(signatures, handoff.Time.GetUtcNow());
        return signatures.WrittenMemory;
    }
}
