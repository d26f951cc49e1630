using System.Net.Http.Headers;
using Facteur.Delivery.Reports;
using Facteur.Net.Dialing;

namespace Facteur.Delivery.Receiving;

/// <summary>Sends reports to the owners of other domains: by the queue, signed; or to the web address that a domain names (RFC 8460 §5.4).</summary>
public sealed class ReportOutlet(OwnMessages own, GuardedHttp http) : IReportOutlet
{
    private static readonly TimeSpan PostDeadline = TimeSpan.FromMinutes(1);

    public ValueTask SendAsync(OutgoingReport report, CancellationToken cancel) => own.SendAsync(
        new OwnMessage(null, report.From, [report.Recipient.ToString()], report.Message, "report", report.ReportId, $"Report Domain: {report.Domain}") { Transaction = report.Kind }, cancel);

    public async ValueTask PostAsync(Uri endpoint, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        using var body = new ReadOnlyMemoryContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var answer = await http.SendAsync(new HttpFetchRequest(endpoint) { Method = HttpMethod.Post, Content = body, Deadline = PostDeadline }, cancel);
        if (!answer.IsSuccess) throw new IOException(answer.Sentence);
    }
}
