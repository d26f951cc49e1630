using System.Buffers;
using Facteur.Accounts;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Mail;
using Facteur.Smtp;

namespace Facteur.Delivery.Receiving;

/// <summary>Signs what our accounts send (RFC 6376), with the keys of the sender's domain.</summary>
internal static class Signing
{
    private const int Step = 16 * 1024;

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
        var piece = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            for (long at = skip; await message.ReadAsync(at, piece.AsMemory(0, Step), cancel) is var read and > 0; at += read) signer.Write(piece.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        var signatures = new ArrayBufferWriter<byte>(1024);
        signer.Complete(signatures, handoff.Time.GetUtcNow());
        return signatures.WrittenMemory;
    }
}
