using System.IO.Compression;
using System.Net;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Reports;
using Facteur.Mail;

namespace Facteur.Tests.Delivery.Reports;

/// <summary>Samples that the tests of reports share.</summary>
internal static class ReportFixture
{
    public static readonly ReportOptions Options = new() { Submitter = "mail.receiver.example", From = "dmarc@mail.receiver.example", Organization = "Receiver" };

    public static DmarcObservation Row(string source = "192.0.2.1", long count = 1, string envelopeFrom = "bounce.example.com") => new(
        "example.com", IPAddress.Parse(source), count, DmarcPolicy.Quarantine, true, false, DmarcOverride.SampledOut, "pct=50", "news.example.com", envelopeFrom, "receiver.example",
        [new DmarcDkim("example.com", "s1", DkimVerdict.Pass), new DmarcDkim("other.example", "x", DkimVerdict.TempError)], "bounce.example.com", false, SpfVerdict.SoftFail);

    public static AggregateReport Report(params DmarcObservation[] rows)
    {
        var period = ReportPeriod.Of(new DateOnly(2026, 3, 13));
        return new AggregateReport("Receiver", "dmarc@mail.receiver.example", "https://receiver.example/dmarc", "1773360000.example.com@mail.receiver.example", period.Begin, period.End.AddSeconds(-1),
            new PublishedPolicy("example.com", DmarcPolicy.Reject, DmarcPolicy.Quarantine, false, true, 50, "1:d"), rows, rows.Sum(row => row.Count), false);
    }

    /// <summary>What a record says, for comparing: lists in it have no equality of their own.</summary>
    public static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, typeof(T), ReportJson.Default);

    public static byte[] Gzip(ReadOnlySpan<byte> content) => AggregateReportWriter.Compress(content);

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create))
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        return output.ToArray();
    }

    public static ValueTask<IncomingDomainReport?> ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(message.Span);
        return IncomingDomainReport.ReadAsync(new MemoryMessage(message), PartTable.Parse(parser.Complete().Parts.Span), TestContext.Current.CancellationToken);
    }

    public static ValueTask<IncomingDomainReport?> ReceiveAsync(string message) => ReceiveAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")));

    private sealed class MemoryMessage(ReadOnlyMemory<byte> octets) : IMessageSource
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            var piece = octets[(int)offset..];
            if (piece.Length > buffer.Length) piece = piece[..buffer.Length];
            piece.CopyTo(buffer);
            return new(piece.Length);
        }
    }
}
