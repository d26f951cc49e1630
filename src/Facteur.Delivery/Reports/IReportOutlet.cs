namespace Facteur.Delivery.Reports;

/// <summary>How finished reports leave. A refusal is an exception: the report is tried again later.</summary>
public interface IReportOutlet
{
    /// <summary>Queues a message.</summary>
    ValueTask SendAsync(OutgoingReport report, CancellationToken cancel);

    /// <summary>Posts a report on TLS (RFC 8460 §5.4); done when the answer is a success.</summary>
    ValueTask PostAsync(Uri endpoint, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancel);
}
