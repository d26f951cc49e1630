using System.Buffers;
using Facteur.Mail;

namespace Facteur.Imap.Messages;

/// <summary>Changes octets of a message as they stream by.</summary>
internal abstract class OctetFilter
{
    /// <summary>Takes the next octets, cut anywhere, and writes what comes of them.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>Ends the input.</summary>
    public abstract void Complete(IBufferWriter<byte> output);
}

/// <summary>Undoes a Content-Transfer-Encoding, for BINARY (RFC 3516 §4.2).</summary>
internal sealed class DecodingFilter(TransferEncoding encoding) : OctetFilter
{
    private readonly ContentDecoder decoder = ContentDecoder.Create(encoding);

    public override void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output) => decoder.Decode(bytes, output);

    public override void Complete(IBufferWriter<byte> output) => decoder.Complete(output);
}
