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

    public override ValueTask<IReadOnlyList<(Uid Uid, string PopUidl)>> ReadPopUidlsAsync(MailboxId mailbox, UidRange uids, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(Read(reader => MaildropReads.PopUidls(reader, mailbox, uids)));
    }

    // Asked of the writer: what is being delivered now is on one side of it or the other.
    public override async ValueTask<EmailId> LastEmailAsync(CancellationToken cancel) =>
        new(await WriteAsync(session => session.Database.Scalar("SELECT ifnull(max(id), 0) FROM email"), grows: false, cancel));
}
