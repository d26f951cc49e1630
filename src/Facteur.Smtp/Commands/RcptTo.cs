using Facteur.Net;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>RCPT: adds a recipient, if mail for it is taken.</summary>
// RFC 5321 §4.1.1.3, parameters of RFC 3461
internal sealed record RcptTo(EnvelopeAddress? Recipient, RecipientParameters Parameters) : SmtpCommand
{
    // A client that sends ten times as many as it may does not read the answers.
    private const int FarTooMany = 10;

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.Prefix("TO"u8);
        var recipient = reader.Path("5.1.3");
        return new RcptTo(recipient, RecipientParameters.Parse(ref reader));
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (session.Transaction is not { } transaction) return Replies.MailFirst;
        if (transaction.Content is not null) return Replies.ChunksBegun;
        if (Recipient is null) return SmtpReply.Of(501, "5.1.3", "a recipient is expected");
        if (Recipient.IsInternational && !transaction.Envelope.SmtpUtf8)
            return SmtpReply.Of(553, "5.6.7", "a recipient beyond ASCII takes SMTPUTF8"); // RFC 6531 §3.5
        if (transaction.Envelope.Recipients.Count >= session.Options.MaxRecipients) return TooMany(session, transaction);
        transaction.RecipientCommands++;

        var recipient = new EnvelopeRecipient(Recipient, Parameters.Notify, Parameters.Original);
        if (await transaction.Handoff.CheckRecipientAsync(recipient, cancel) is { } refusal)
        {
            if (!refusal.IsTemporary) session.CountRefusedRecipient();
            SmtpMetrics.RecipientRefused(session.Mode, refusal.Code);
            return SmtpReply.Of(refusal);
        }
        transaction.Envelope.Add(recipient);
        session.CountAcceptedRecipient();
        return Replies.RecipientOk;
    }

    // RFC 5321 §4.5.3.1.10: 452, so that the client sends the rest in another transaction.
    private static SmtpReply? TooMany(SmtpSession session, Transaction transaction)
    {
        session.CountAcceptedRecipient();
        if (++transaction.RecipientCommands < FarTooMany * session.Options.MaxRecipients) return Replies.TooManyRecipients;
        session.EndWith(EndReason.TooManyErrors, Replies.TooManyErrors);
        return null;
    }
}
