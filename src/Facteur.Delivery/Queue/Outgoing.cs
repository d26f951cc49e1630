using Facteur.Delivery.Transport;
using Facteur.Smtp.Client;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>A queue message in the words of the client that sends it.</summary>
internal static class Outgoing
{
    public static TransportDemands Demands(QueueMessage message) => new(message.RequireTls, message is { TlsOptional: true, RequireTls: false });

    public static OutgoingEnvelope Envelope(QueueMessage message, IEnumerable<QueueRecipient> recipients) => new()
    {
        Sender = message.Sender,
        Recipients = [.. recipients.Select(Recipient)],
        Body = message.Body,
        SmtpUtf8 = message.SmtpUtf8,
        RequireTls = message.RequireTls,
        Return = message.Return,
        EnvelopeId = message.EnvelopeId,
    };

    private static OutgoingRecipient Recipient(QueueRecipient recipient) => new(recipient.Address, recipient.Notify, Original(recipient.OriginalRecipient));

    public static Smtp.OriginalRecipient? Original(string? stored)
    {
        var semicolon = stored?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return semicolon <= 0 ? null : new Smtp.OriginalRecipient(stored![..semicolon], stored[(semicolon + 1)..]);
    }
}
