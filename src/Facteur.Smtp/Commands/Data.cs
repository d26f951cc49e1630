using Facteur.Net;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>DATA: the content, up to a line that holds a single dot.</summary>
// RFC 5321 §4.1.1.4
internal sealed record Data : SmtpCommand
{
    private static readonly Data Command = new();

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.End();
        return Command;
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (session.Transaction is not { } transaction) return Replies.MailFirst;
        if (transaction.Content is not null) return Replies.ChunksBegun; // RFC 3030 §2
        if (transaction.Envelope.Recipients.Count == 0) return Replies.NoRecipients; // RFC 5321 §3.3, RFC 2033 §4.2
        if (await transaction.Handoff.BeginMessageAsync(cancel) is { } refusal)
        {
            var reply = SmtpReply.Of(refusal);
            session.LogRefused(transaction.Envelope, reply);
            await session.ResetAsync();
            return reply;
        }
        session.Write(Replies.StartData);
        var content = transaction.Content = new MessageContent(DataReader.ForData(), session.Options.MaxMessageOctets);
        if (await session.Receiver.ReceiveDataAsync(content, transaction.Handoff, cancel) is { } end)
        {
            session.EndWith(end, EndReply(end));
            return null;
        }
        return await MessageEnd.RunAsync(session, content, cancel);
    }

    private static SmtpReply? EndReply(EndReason end) => end switch
    {
        EndReason.ProtocolViolation => Replies.MessageTooLarge,
        EndReason.Timeout => Replies.TimedOut,
        _ => null,
    };
}
