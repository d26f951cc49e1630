using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>A client session as the queue sees it.</summary>
internal sealed class DeliverySession(SmtpClientSession session) : IDeliverySession
{
    public RemoteHost Host => session.Host;
    public TlsFacts? Tls => session.Tls;
    public bool CanSend => session.CanSend;
    public int MaxRecipients => session.MaxRecipients;

    public ValueTask<IReadOnlyList<AttemptOutcome>> SendAsync(OutgoingEnvelope envelope, OutgoingContent content, CancellationToken cancel) => session.SendAsync(envelope, content, cancel);

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
