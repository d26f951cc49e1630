using Facteur.Delivery.Authentication;
using Facteur.Mail;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Reports;

/// <summary>Where a domain wants reports on TLS (RFC 8460 §3).</summary>
/// <param name="Mailboxes">mailto destinations.</param>
/// <param name="Endpoints">https destinations.</param>
public sealed record TlsReportRecord(IReadOnlyList<MailAddress> Mailboxes, IReadOnlyList<Uri> Endpoints)
{
    private const string Version = "v=TLSRPTv1";
    private const int MaxLength = 4096;

    // Destinations of a kind that are served.
    private const int MaxDestinations = 5;

    /// <summary>The record of a domain; null when there is none, or none that can be used.</summary>
    /// <returns>Also whether the question had no answer.</returns>
    public static async ValueTask<(TlsReportRecord? Record, bool IsBroken)> FindAsync(DnsResolver dns, string domain, CancellationToken cancel)
    {
        var name = "_smtp._tls." + domain;
        if (!DnsName.HasGoodLabels(name)) return (null, false);
        var answer = await dns.QueryAsync(name, DnsType.Txt, cancel);
        // Not exactly one of this version: the domain takes no reports.
        var records = answer.Records.OfType<TxtRecordData>().Where(record => IsRecord(record.Text)).Take(2).ToList();
        return (records is [var only] ? Parse(only.Text) : null, answer.IsTemporaryFailure);
    }

    /// <summary>Reads a record; unknown fields are passed over, one without a usable destination is none.</summary>
    public static TlsReportRecord? Parse(string text)
    {
        if (text.Length > MaxLength || !IsRecord(text)) return null;
        var mailboxes = new List<MailAddress>();
        var endpoints = new List<Uri>();
        foreach (var range in text.AsSpan(Version.Length).Split(';'))
        {
            var field = text.AsSpan(Version.Length)[range].Trim(" \t");
            if (!field.StartsWith("rua=", StringComparison.Ordinal)) continue;
            foreach (var uri in field["rua=".Length..].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                Add(uri, mailboxes, endpoints);
            break;
        }
        return mailboxes.Count + endpoints.Count > 0 ? new TlsReportRecord(mailboxes, endpoints) : null;
    }

    // tlsrpt-version and a field-delim behind it
    private static bool IsRecord(string text) => text.StartsWith(Version, StringComparison.Ordinal) && text.AsSpan(Version.Length).TrimStart(" \t").StartsWith(";");

    private static void Add(string uri, List<MailAddress> mailboxes, List<Uri> endpoints)
    {
        if (uri.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        {
            var address = uri["mailto:".Length..];
            if (address.IndexOf('?') is var query and >= 0) address = address[..query];
            if (mailboxes.Count < MaxDestinations && MailAddress.TryParse(Uri.UnescapeDataString(address), out var mailbox)) mailboxes.Add(mailbox);
        }
        else if (endpoints.Count < MaxDestinations && Uri.TryCreate(uri, UriKind.Absolute, out var endpoint) && endpoint.Scheme == Uri.UriSchemeHttps && endpoint.UserInfo.Length == 0)
            endpoints.Add(endpoint);
    }
}
