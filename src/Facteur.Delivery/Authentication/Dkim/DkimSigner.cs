using System.Buffers;
using System.Globalization;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>
/// Makes the DKIM-Signature fields of a message that streams by, one per key (RFC 6376 §5): relaxed/relaxed, whole body, the
/// fields that readers see signed against additions too.
/// </summary>
/// <remarks>Takes the message as it leaves; the fields go before it, in the order written. One object per message; the keys are the caller's.</remarks>
public sealed class DkimSigner : IDisposable
{
    private readonly IReadOnlyList<DkimSigningKey> keys;
    private readonly SigningInput message = new();

    /// <param name="keys">Each makes one field; an RSA key first and an Ed25519 key second serves old and new verifiers (RFC 8463 §6).</param>
    public DkimSigner(IReadOnlyList<DkimSigningKey> keys) => this.keys = keys;

    /// <summary>Looks at the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> octets) => message.Write(octets);

    /// <summary>The message has ended: writes the fields, each with its CRLF.</summary>
    /// <returns>False, and nothing written, when the message cannot be signed: no From, or a header beyond all bounds.</returns>
    public bool Complete(IBufferWriter<byte> output, DateTimeOffset now)
    {
        message.Complete();
        var header = message.Header;
        if (header.IsTooLarge || !HasFrom(header)) return false;
        var names = SignedFieldNames.ForDkim(header);
        using var input = new HashInput();
        foreach (var key in keys)
        {
            var field = new FieldBuilder("DKIM-Signature").Word("v=1;");
            WriteTags(field, key, now);
            SignatureWriter.Sign(field, key, input, header, names, message.BodyHash);
            field.WriteTo(output);
        }
        return true;
    }

    public void Dispose() => message.Dispose();

    private static void WriteTags(FieldBuilder field, DkimSigningKey key, DateTimeOffset now) =>
        field.Word($"a={key.AlgorithmName};").Word("c=relaxed/relaxed;").Word($"d={key.Domain};").Word($"s={key.Selector};")
            .Word(string.Create(CultureInfo.InvariantCulture, $"t={now.ToUnixTimeSeconds()};"));

    private static bool HasFrom(SignedHeader header)
    {
        foreach (var field in header.Fields)
            if (header.Is(field, "From"u8)) return true;
        return false;
    }
}
