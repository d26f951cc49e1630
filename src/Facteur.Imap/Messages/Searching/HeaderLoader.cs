using System.Buffers;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Reads the header of one message after the other into the same memory.</summary>
internal sealed class HeaderLoader(MailStore store)
{
    /// <summary>Octets looked at of one header.</summary>
    private const int MaxOctets = 256 * 1024;

    private readonly ArrayBufferWriter<byte> header = new();

    /// <summary>
    /// The header of the message <paramref name="email"/> stands at (read with <see cref="EmailFields.Parts"/>), or its start; what of it
    /// can be read, when it is damaged or gone. Good until the next call.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(EmailReader email, CancellationToken cancel)
    {
        header.ResetWrittenCount();
        var length = (int)Math.Min(PartTable.HeaderLength(email.Parts), MaxOctets);
        try
        {
            await using var body = await store.OpenBodyAsync(email.Body, cancel);
            while (body is not null && header.WrittenCount < length)
            {
                var missing = length - header.WrittenCount;
                var read = await body.ReadAsync(header.WrittenCount, header.GetMemory(missing)[..missing], cancel);
                if (read <= 0) break;
                header.Advance(read);
            }
        }
        catch (DamagedMessageException)
        {
            // A search over 100,000 messages does not fail for one of them; FETCH says which it is.
        }
        return header.WrittenMemory;
    }
}
