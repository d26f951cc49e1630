using System.Globalization;
using System.IO.Compression;
using System.Xml;
using Facteur.Delivery.Authentication;

namespace Facteur.Delivery.Reports;

/// <summary>Writes aggregate reports as the schema of RFC 7489 appendix C has them.</summary>
public static class AggregateReportWriter
{
    /// <summary>The XML in UTF-8.</summary>
    public static byte[] Write(AggregateReport report)
    {
        using var output = new MemoryStream();
        using (var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(false), Indent = true, IndentChars = " " }))
        {
            xml.WriteStartElement("feedback");
            xml.WriteElementString("version", "1.0");
            WriteMetadata(xml, report);
            WritePolicy(xml, report.Policy);
            foreach (var row in report.Rows) WriteRecord(xml, row);
            xml.WriteEndElement();
        }
        return output.ToArray();
    }

    /// <summary>The same compressed, as it travels (RFC 7489 §7.2.1.1).</summary>
    public static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize)) gzip.Write(content);
        return output.ToArray();
    }

    private static void WriteMetadata(XmlWriter xml, AggregateReport report)
    {
        xml.WriteStartElement("report_metadata");
        Text(xml, "org_name", report.Organization);
        Text(xml, "email", report.Email);
        if (report.ExtraContact is { } contact) Text(xml, "extra_contact_info", contact);
        Text(xml, "report_id", report.ReportId);
        xml.WriteStartElement("date_range");
        Number(xml, "begin", report.Begin.ToUnixTimeSeconds());
        Number(xml, "end", report.End.ToUnixTimeSeconds());
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WritePolicy(XmlWriter xml, PublishedPolicy policy)
    {
        xml.WriteStartElement("policy_published");
        Text(xml, "domain", policy.Domain);
        Text(xml, "adkim", policy.StrictDkim ? "s" : "r");
        Text(xml, "aspf", policy.StrictSpf ? "s" : "r");
        Text(xml, "p", Word(policy.Policy));
        Text(xml, "sp", Word(policy.Subdomains));
        Number(xml, "pct", policy.Percent);
        Text(xml, "fo", policy.FailureOptions);
        xml.WriteEndElement();
    }

    private static void WriteRecord(XmlWriter xml, DmarcObservation row)
    {
        xml.WriteStartElement("record");
        WriteRow(xml, row);
        xml.WriteStartElement("identifiers");
        if (row.EnvelopeTo is { } to) Text(xml, "envelope_to", to);
        Text(xml, "envelope_from", row.EnvelopeFrom);
        Text(xml, "header_from", row.HeaderFrom);
        xml.WriteEndElement();
        xml.WriteStartElement("auth_results");
        foreach (var signature in row.Dkim)
        {
            xml.WriteStartElement("dkim");
            Text(xml, "domain", signature.Domain);
            Text(xml, "selector", signature.Selector);
            Text(xml, "result", Word(signature.Result));
            xml.WriteEndElement();
        }
        xml.WriteStartElement("spf");
        Text(xml, "domain", row.SpfDomain);
        Text(xml, "scope", row.SpfIsHello ? "helo" : "mfrom");
        Text(xml, "result", Word(row.Spf));
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteRow(XmlWriter xml, DmarcObservation row)
    {
        xml.WriteStartElement("row");
        Text(xml, "source_ip", row.Source.ToString());
        Number(xml, "count", row.Count);
        xml.WriteStartElement("policy_evaluated");
        Text(xml, "disposition", Word(row.Disposition));
        Text(xml, "dkim", row.DkimAligned ? "pass" : "fail");
        Text(xml, "spf", row.SpfAligned ? "pass" : "fail");
        if (row.Override != DmarcOverride.None)
        {
            xml.WriteStartElement("reason");
            Text(xml, "type", Word(row.Override));
            if (row.Comment is { } comment) Text(xml, "comment", comment);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    internal static string Word(DmarcOverride reason) => reason switch
    {
        DmarcOverride.SampledOut => "sampled_out",
        DmarcOverride.TrustedForwarder => "trusted_forwarder",
        DmarcOverride.MailingList => "mailing_list",
        DmarcOverride.LocalPolicy => "local_policy",
        _ => Word<DmarcOverride>(reason),
    };

    // The other words of the schema are those of the results.
    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void Number(XmlWriter xml, string name, long value) => xml.WriteElementString(name, value.ToString(CultureInfo.InvariantCulture));

    // Parts of what is told were written by strangers: no character that XML cannot hold.
    private static void Text(XmlWriter xml, string name, string value) => xml.WriteElementString(name, DnsName.Printable(value, 255));
}
