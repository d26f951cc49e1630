using Facteur.Mail;

namespace Facteur.Smtp.Client;

/// <summary>The octets of a message on its way out: header fields written in front, and a message as it is stored.</summary>
/// <param name="Prefix">Whole header fields with their CRLF (Received, DKIM-Signature ...), or empty.</param>
/// <param name="Message">Read in pieces; a store's MessageBody is one.</param>
/// <param name="SkipOctets">Octets at the start of <paramref name="Message"/> that are not sent.</param>
public sealed record OutgoingContent(ReadOnlyMemory<byte> Prefix, IMessageSource Message, int SkipOctets = 0)
{
    public long Length => Prefix.Length + Math.Max(0, Message.Length - SkipOctets);

    /// <summary>Reads up to <c>buffer.Length</c> octets from <paramref name="offset"/>; 0 only at the end.</summary>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        if (offset >= Prefix.Length) return Message.ReadAsync(offset - Prefix.Length + SkipOctets, buffer, cancel);
        var part = Prefix[(int)offset..];
        if (part.Length > buffer.Length) part = part[..buffer.Length];
        part.CopyTo(buffer);
        return new(part.Length);
    }
}
