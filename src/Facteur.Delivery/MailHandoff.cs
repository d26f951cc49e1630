using Facteur.Accounts;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery;

/// <summary>Takes messages from SMTP and LMTP sessions and delivers them to the mailboxes of this server.</summary>
public sealed class MailHandoff(MailStore store, RecipientDirectory recipients, DeliveryOptions options, TimeProvider time, ILogger<MailHandoff>? log = null)
    : IMailHandoff
{
    private readonly ILogger log = log ?? NullLogger<MailHandoff>.Instance;

    internal MailStore Store { get; } = store;
    internal RecipientDirectory Recipients { get; } = recipients;
    internal Inboxes Inboxes { get; } = new(store);
    internal DeliveryOptions Options { get; } = options;
    internal TimeProvider Time { get; } = time;

    public IMailTransaction Open(SmtpPeer peer, Envelope envelope) => new LocalTransaction(this, peer, envelope, log);
}
