using Facteur.Mail;

namespace Facteur.Delivery.Reports;

/// <summary>A report on one of our domains that somebody sent: of DMARC or on TLS.</summary>
/// <param name="Problem">What was sent looks like a report and cannot be read, in words for an operator.</param>
public sealed record IncomingDomainReport(AggregateReport? Aggregate, TlsReport? Tls, string? Problem)
{
    // Parts that are tried; a report comes alone.
    private const int MaxParts = 10;

    private enum Content : byte { Other, Xml, Json, Packed }

    /// <summary>Finds a report in a message; null when there is nothing like one. Never throws for what the message holds.</summary>
    /// <param name="root">Part tree of <paramref name="message"/>.</param>
    public static async ValueTask<IncomingDomainReport?> ReadAsync(IMessageSource message, MessagePart root, CancellationToken cancel)
    {
        string? problem = null;
        foreach (var (part, content) in Candidates(root))
        {
            if (await PartContent.ReadAsync(message, part, ReportContent.MaxPacked, cancel) is not { } octets)
            {
                problem ??= "the attachment is too large for a report";
                continue;
            }
            try
            {
                return content == Content.Json
                    ? new IncomingDomainReport(null, TlsReportDocument.Read(octets), null)
                    : new IncomingDomainReport(AggregateReportReader.Read(octets), null, null);
            }
            catch (ReportFormatException e)
            {
                problem ??= e.Message;
            }
        }
        return problem is null ? null : new IncomingDomainReport(null, null, problem);
    }

    private static List<(MessagePart Part, Content Content)> Candidates(MessagePart root)
    {
        var found = new List<(MessagePart, Content)>();
        var open = new Stack<MessagePart>([root]);
        while (found.Count < MaxParts && open.TryPop(out var part))
        {
            if (Kind(part) is not Content.Other and var kind) found.Add((part, kind));
            // A report inside a forwarded message was not sent to us.
            if (part.IsMultipart)
                for (var i = part.Children.Count - 1; i >= 0; i--) open.Push(part.Children[i]);
        }
        return found;
    }

    // By type, and by name where the type says nothing. What is packed under a neutral type is XML unless its name says JSON.
    private static Content Kind(MessagePart part) => (part.Type, part.Subtype, Extension(part.FileName)) switch
    {
        ("application", "tlsrpt+gzip" or "tlsrpt+json", _) => Content.Json,
        ("application", "gzip" or "x-gzip" or "zip" or "x-zip-compressed" or "x-zip" or "octet-stream", ".json") => Content.Json,
        ("application", "gzip" or "x-gzip" or "zip" or "x-zip-compressed" or "x-zip", _) => Content.Packed,
        ("text" or "application", "xml", _) => Content.Xml,
        ("application", "octet-stream", ".xml" or ".packed") => Content.Packed,
        _ => Content.Other,
    };

    // ".json" for "a.json" and "a.json.gz"; ".packed" for an archive whose name says no more.
    private static string Extension(string? name)
    {
        var rest = name.AsSpan();
        var packed = rest.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) || rest.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
        if (packed) rest = rest[..rest.LastIndexOf('.')];
        if (rest.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return ".json";
        return rest.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) ? ".xml" : packed ? ".packed" : "";
    }
}
