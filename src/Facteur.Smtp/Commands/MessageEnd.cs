using System.Globalization;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>What DATA and BDAT LAST have in common: the content is complete, the verdict is asked for and answered.</summary>
internal static class MessageEnd
{
    /// <summary>Settles the transaction and ends it, whatever the verdict.</summary>
    public static async ValueTask<SmtpReply?> RunAsync(SmtpSession session, MessageContent content, CancellationToken cancel)
    {
        var transaction = session.Transaction!;
        try
        {
            if (content.Refusal is { } refusal) return Refuse(session, transaction, refusal);
            if (session.Mode != SmtpMode.Lmtp)
                return Reply(session, transaction, content, await transaction.Handoff.CompleteAsync(cancel));
            // RFC 2033 §4.2: one answer for each recipient that was accepted, in their order.
            foreach (var verdict in await transaction.Handoff.CompleteEachAsync(cancel))
                session.Write(Reply(session, transaction, content, verdict));
            return null;
        }
        finally
        {
            await session.ResetAsync();
        }
    }

    /// <summary>The content is refused by the session itself; in LMTP the answer is given for each recipient.</summary>
    public static SmtpReply? Refuse(SmtpSession session, Transaction transaction, SmtpReply refusal)
    {
        if (transaction.Content?.Fault is { } fault) session.LogFault(fault);
        session.LogRefused(transaction.Envelope, refusal);
        if (session.Mode != SmtpMode.Lmtp) return refusal;
        foreach (var _ in transaction.Envelope.Recipients) session.Write(refusal);
        return null;
    }

    private static SmtpReply Reply(SmtpSession session, Transaction transaction, MessageContent content, MessageVerdict verdict)
    {
        if (verdict.Refusal is { } refusal)
        {
            var reply = SmtpReply.Of(refusal);
            session.LogRefused(transaction.Envelope, reply);
            return reply;
        }
        session.CountProgress();
        SmtpMetrics.Accepted(session.Mode, content.Octets);
        return Accepted(verdict.Receipt!, transaction.Envelope.Id);
    }

    // The one place that says 250 for a message: it takes the receipt of the store's commit.
    private static SmtpReply Accepted(Storage.DeliveryReceipt receipt, string id) =>
        SmtpReply.Of(250, "2.0.0", string.Create(CultureInfo.InvariantCulture, $"message {id} stored ({receipt.Entries.Count})"));
}
