using System.Buffers.Text;
using System.Text;
using Facteur.Net;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>BDAT: a chunk of the content, its octets counted.</summary>
// RFC 3030 §2; BINARYMIME (§3) is not offered, so lines are checked as in DATA.
internal sealed record Bdat(long Octets, bool IsLast) : SmtpCommand
{
    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        var size = reader.Word();
        // Without the size the octets that follow cannot be told from commands; size lies are the same: no way back.
        if (!Utf8Parser.TryParse(size, out long octets, out var used) || used != size.Length || octets < 0 || size[0] is (byte)'+' or (byte)'-')
            return new Bdat(-1, true);
        var marker = reader.Word();
        if (!marker.IsEmpty && !Ascii.EqualsIgnoreCase(marker, "LAST"u8)) return new Bdat(-1, true);
        return new Bdat(octets, !marker.IsEmpty);
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (Octets < 0)
        {
            session.EndWith(EndReason.ProtocolViolation, SmtpReply.Of(501, "5.5.4", "BDAT takes a number of octets and LAST; closing"));
            return null;
        }
        // A chunk far beyond SIZE is not waited for, whoever sends it.
        if (Octets / 2 > session.Options.MaxMessageOctets)
        {
            session.EndWith(EndReason.ProtocolViolation, Replies.MessageTooLarge);
            return null;
        }
        return await Refusal(session, cancel) is { } refused
            ? await DiscardAsync(session, refused, cancel)
            : await TakeAsync(session, session.Transaction!, cancel);
    }

    private static async ValueTask<SmtpReply?> Refusal(SmtpSession session, CancellationToken cancel)
    {
        if (session.Transaction is not { } transaction) return Replies.MailFirst;
        if (transaction.Envelope.Recipients.Count == 0) return Replies.NoRecipients;
        if (transaction.Content is not null) return null;
        if (await transaction.Handoff.BeginMessageAsync(cancel) is { } refusal)
        {
            var reply = SmtpReply.Of(refusal);
            session.LogRefused(transaction.Envelope, reply);
            return reply;
        }
        transaction.Content = new MessageContent(DataReader.ForChunks(), session.Options.MaxMessageOctets);
        return null;
    }

    // RFC 3030 §2: the octets of a refused chunk are read all the same.
    private async ValueTask<SmtpReply?> DiscardAsync(SmtpSession session, SmtpReply refusal, CancellationToken cancel)
    {
        await session.ResetAsync();
        if (await session.Receiver.ReceiveChunkAsync(Octets, null, null, cancel) is not { } end) return refusal;
        session.EndWith(end);
        return null;
    }

    private async ValueTask<SmtpReply?> TakeAsync(SmtpSession session, Transaction transaction, CancellationToken cancel)
    {
        var content = transaction.Content!;
        if (await session.Receiver.ReceiveChunkAsync(Octets, content, transaction.Handoff, cancel) is { } end)
        {
            session.EndWith(end);
            return null;
        }
        if (IsLast)
        {
            content.Reader.EndChunks();
            return await MessageEnd.RunAsync(session, content, cancel);
        }
        if (content.Refusal is not { } refusal) return Replies.ChunkOk;
        if (content.Fault is { } fault) session.LogFault(fault);
        session.LogRefused(transaction.Envelope, refusal);
        await session.ResetAsync();
        return refusal;
    }
}
