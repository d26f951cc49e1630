using Facteur.Storage.Embedded.Reading;

namespace Facteur.Storage.Embedded;

// What POP3 asks for.
public sealed partial class EmbeddedStore
{
    public override ValueTask<MaildropReading?> ReadMaildropAsync(
        MailboxId mailbox, EmailId after, MaildropPosition? since, int most, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(Read(reader => MaildropReads.Read(reader, mailbox, after, since, most)));
    }

    public override ValueTask<MessageBody?> OpenEmailAsync(EmailId email, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(MaildropReads.Blob(readers, email) is { } blob ? BodyReads.Open(readers, Packs, blob) : null);
    }

    public override ValueTask<int> ReadShortBodiesAsync(ReadOnlyMemory<EmailId> emails, Memory<byte> buffer, Memory<int> lengths, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(MaildropReads.ShortBodies(readers, emails.Span, buffer.Span, lengths.Span));
    }
}
