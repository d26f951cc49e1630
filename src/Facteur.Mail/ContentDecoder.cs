using System.Buffers;

namespace Facteur.Mail;

/// <summary>
/// Undoes a Content-Transfer-Encoding as octets stream by, cut anywhere (RFC 2045 §6). Broken input never throws:
/// what can be read is decoded, the rest is passed over or left as it stands.
/// </summary>
public abstract class ContentDecoder
{
    private protected ContentDecoder() { }

    /// <summary>A decoder in its starting state; for 7bit, 8bit, binary and unknown encodings, one that changes nothing.</summary>
    public static ContentDecoder Create(TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.Base64 => new Base64Decoder(),
        TransferEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        TransferEncoding.UuEncode => new UuDecoder(),
        _ => new IdentityDecoder(),
    };

    /// <summary>Decodes the next octets into <paramref name="output"/>.</summary>
    public abstract void Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output);

    /// <summary>Ends the input: writes what was held back.</summary>
    public abstract void Complete(IBufferWriter<byte> output);

    private sealed class IdentityDecoder : ContentDecoder
    {
        public override void Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output) => output.Write(input);

        public override void Complete(IBufferWriter<byte> output) { }
    }
}
