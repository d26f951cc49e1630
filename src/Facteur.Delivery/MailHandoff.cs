using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery;

/// <summary>Takes messages from SMTP and LMTP sessions: into the mailboxes of this server, and into the queue for all others.</summary>
public sealed class MailHandoff(DeliveryServices services) : IMailHandoff
{
    private readonly ILogger log = services.Loggers.CreateLogger<MailHandoff>();

    internal DeliveryServices Services { get; } = services;
    internal MailStore Store => Services.Store;
    internal Inboxes Inboxes { get; } = new(services.Store);
    internal ForwardSeal Seal { get; } = new(services.Keys, services.Options.HostName, services.Time);
    internal DeliveryOptions Options => Services.Options;
    internal TimeProvider Time => Services.Time;
    internal RefusalTrace Trace => Services.Refusals;

    public IMailTransaction Open(SmtpPeer peer, Envelope envelope) => peer.Mode switch
    {
        SmtpMode.Submission => new SubmissionTransaction(this, peer, envelope, log),
        SmtpMode.Lmtp => new LmtpTransaction(this, peer, envelope, log),
        _ => new InboundTransaction(this, peer, envelope, log),
    };

    /// <summary>Where a recipient leads, with a refusal for who may not send there (S-24: mail for others is taken from accounts only) and for mailboxes without room.</summary>
    internal ValueTask<RoutedRecipient> RouteAsync(SmtpPeer peer, Envelope envelope, EnvelopeRecipient recipient, CancellationToken cancel) =>
        RouteAsync(peer.Account is not null, envelope, recipient, cancel);

    /// <param name="mayRelay">One of our accounts sends it.</param>
    internal async ValueTask<RoutedRecipient> RouteAsync(bool mayRelay, Envelope envelope, EnvelopeRecipient recipient, CancellationToken cancel)
    {
        var routed = await Services.Router.RouteAsync(recipient, envelope.Sender?.ToString() ?? "", cancel);
        if (routed.Refusal is not null) return routed;
        if (routed.IsForeign && !mayRelay) return routed with { Refusal = Refusals.RelayDenied, Remote = [] };
        // One of several that an address leads to may be full: that is for the others not to suffer from.
        if (routed.Local is [var only] && routed.Remote.Count == 0 && await Quotas.CheckAsync(Store, only.Account, envelope.DeclaredSize ?? 0, cancel) is { } full)
            return routed with { Refusal = full };
        return routed;
    }

    /// <summary>Language of reports to the sender of what an account sends or forwards.</summary>
    internal async ValueTask<string> LocaleAsync(AccountId? account, CancellationToken cancel) =>
        account is { } id && await Store.Directory.GetAccountAsync(id, cancel) is { } owner
            ? await Services.Settings.LocaleAsync(owner, cancel)
            : await Services.Settings.LocaleAsync((DomainId?)null, cancel);
}
