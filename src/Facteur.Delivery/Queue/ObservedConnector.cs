using Facteur.Delivery.Transport;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Queue;

/// <summary>A connector that tells when a host is ready for a transaction: that, and not a whole message sent, shows that the destination answers.</summary>
internal sealed class ObservedConnector(IDeliveryConnector inner, Action answered) : IDeliveryConnector
{
    public async ValueTask<IDeliveryPath> OpenAsync(DeliveryRoute route, TransportDemands demands, CancellationToken cancel) =>
        new Path(await inner.OpenAsync(route, demands, cancel), answered);

    private sealed class Path(IDeliveryPath inner, Action answered) : IDeliveryPath
    {
        public AttemptOutcome? Failure => inner.Failure;
        public IReadOnlyList<AttemptOutcome> FailedHosts => inner.FailedHosts;

        public async ValueTask<IDeliverySession?> ConnectAsync(CancellationToken cancel)
        {
            var session = await inner.ConnectAsync(cancel);
            if (session is not null) answered();
            return session;
        }
    }
}
