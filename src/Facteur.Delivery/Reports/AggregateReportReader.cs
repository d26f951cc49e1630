using System.Globalization;
using System.Net;
using System.Text;
using System.Xml;
using Facteur.Delivery.Authentication;

namespace Facteur.Delivery.Reports;

/// <summary>Reads aggregate reports of others (RFC 7489 appendix C), whatever namespace, order and additions they have. Bounded in time and memory (S-13).</summary>
public static class AggregateReportReader
{
    /// <summary>Rows kept; of further ones only the count of messages.</summary>
    public const int MaxRows = 10_000;

    // Records that are looked at at all.
    private const int MaxRecords = 100_000;

    private const int MaxXml = 32 * 1024 * 1024;
    private const int MaxTag = 64 * 1024;
    private const int MaxNesting = 16;
    private const int MaxText = 255;
    private const int MaxSignatures = 10;

    private static XmlReaderSettings NewSettings() => new()
    {
        NameTable = new BoundedNames(),
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = MaxXml,
    };

    /// <summary>Reads an attachment: XML, plain or in gzip or zip.</summary>
    /// <exception cref="ReportFormatException">It is no report, or out of bounds.</exception>
    public static AggregateReport Read(ReadOnlyMemory<byte> attachment)
    {
        try
        {
            using var content = ReportContent.Open(attachment, ".xml", MaxXml, MaxTag);
            using var xml = XmlReader.Create(content, NewSettings());
            return new Reading(xml).Run();
        }
        catch (XmlException e)
        {
            throw new ReportFormatException("the report is no good XML: " + DnsName.Printable(e.Message), e);
        }
    }

    /// <summary>The platform's reader slows down with the square of different names, so a report may only have so many.</summary>
    private sealed class BoundedNames : NameTable
    {
        private const int MaxNames = 1000;
        private int names;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Counted(base.Add(key, start, len));

        public override string Add(string key) => Get(key) ?? Counted(base.Add(key));

        private string Counted(string name) => ++names <= MaxNames ? name : throw new ReportFormatException("the report has too many names");
    }

    /// <summary>One pass over one document.</summary>
    private sealed class Reading(XmlReader xml)
    {
        private readonly List<DmarcObservation> rows = [];
        private readonly char[] chunk = new char[MaxText];
        private string organization = "", email = "", id = "", domain = "", options = "0";
        private string? contact;
        private long begin, end, messages;
        private int percent = 100, records;
        private DmarcPolicy policy;
        private DmarcPolicy? subdomains;
        private bool strictDkim, strictSpf, cut;

        public AggregateReport Run()
        {
            xml.MoveToContent();
            if (xml.LocalName != "feedback") throw new ReportFormatException("the document is no DMARC report");
            Children(name =>
            {
                switch (name)
                {
                    case "report_metadata": Children(Metadata); break;
                    case "policy_published": Children(Policy); break;
                    case "record": Record(); break;
                    default: Skip(); break;
                }
            });
            if (domain.Length == 0 || id.Length == 0) throw new ReportFormatException("the report does not say what it is about");
            var range = (Begin: Time(begin), End: Time(end));
            return new AggregateReport(organization, email, contact, id, range.Begin, range.End,
                new PublishedPolicy(domain, policy, subdomains ?? policy, strictDkim, strictSpf, percent, options), rows, messages, cut);
        }

        private void Metadata(string name)
        {
            switch (name)
            {
                case "org_name": organization = Text(); break;
                case "email": email = Text(); break;
                case "extra_contact_info": contact = Text(); break;
                case "report_id": id = Text(); break;
                case "date_range": Children(Range); break;
                default: Skip(); break;
            }
        }

        private void Range(string name)
        {
            switch (name)
            {
                case "begin": begin = Number(); break;
                case "end": end = Number(); break;
                default: Skip(); break;
            }
        }

        private void Policy(string name)
        {
            switch (name)
            {
                case "domain": domain = Text().ToLowerInvariant(); break;
                case "adkim": strictDkim = Text() == "s"; break;
                case "aspf": strictSpf = Text() == "s"; break;
                case "p": policy = Word<DmarcPolicy>(Text()); break;
                case "sp": subdomains = Text() is { Length: > 0 } text ? Word<DmarcPolicy>(text) : null; break;
                case "pct": percent = (int)Math.Clamp(Number(), 0, 100); break;
                case "fo": options = Text(); break;
                default: Skip(); break;
            }
        }

        private void Record()
        {
            if (++records > MaxRecords) throw new ReportFormatException("the report has too many records");
            var row = new Row();
            Children(name =>
            {
                switch (name)
                {
                    case "row": Children(inner => RowOf(inner, row)); break;
                    case "identifiers": Children(inner => Identifiers(inner, row)); break;
                    case "auth_results": Children(inner => Results(inner, row)); break;
                    default: Skip(); break;
                }
            });
            messages += row.Count;
            if (row.Source is null) return;
            if (rows.Count < MaxRows) rows.Add(row.Observation(domain));
            else cut = true;
        }

        private void RowOf(string name, Row row)
        {
            switch (name)
            {
                case "source_ip": row.Source = IPAddress.TryParse(Text(), out var address) ? address : null; break;
                case "count": row.Count = Math.Clamp(Number(), 0, int.MaxValue); break;
                case "policy_evaluated": Children(inner => Evaluated(inner, row)); break;
                default: Skip(); break;
            }
        }

        private void Evaluated(string name, Row row)
        {
            switch (name)
            {
                case "disposition": row.Disposition = Word<DmarcPolicy>(Text()); break;
                case "dkim": row.Dkim = Text() == "pass"; break;
                case "spf": row.Spf = Text() == "pass"; break;
                case "reason": Children(inner => Reason(inner, row)); break;
                default: Skip(); break;
            }
        }

        private void Reason(string name, Row row)
        {
            switch (name)
            {
                case "type": row.Override = Word<DmarcOverride>(Text(), DmarcOverride.Other); break;
                case "comment": row.Comment = Text(); break;
                default: Skip(); break;
            }
        }

        private void Identifiers(string name, Row row)
        {
            switch (name)
            {
                case "envelope_to": row.EnvelopeTo = Text(); break;
                case "envelope_from": row.EnvelopeFrom = Text(); break;
                case "header_from": row.HeaderFrom = Text(); break;
                default: Skip(); break;
            }
        }

        private void Results(string name, Row row)
        {
            switch (name)
            {
                case "dkim":
                    var (signer, selector, signed) = ("", "", DkimVerdict.None);
                    Children(inner =>
                    {
                        switch (inner)
                        {
                            case "domain": signer = Text(); break;
                            case "selector": selector = Text(); break;
                            case "result": signed = Word<DkimVerdict>(Text()); break;
                            default: Skip(); break;
                        }
                    });
                    if (row.Signatures.Count < MaxSignatures) row.Signatures.Add(new DmarcDkim(signer, selector, signed));
                    break;
                case "spf":
                    Children(inner =>
                    {
                        switch (inner)
                        {
                            case "domain": row.SpfDomain = Text(); break;
                            case "scope": row.SpfIsHello = Text() == "helo"; break;
                            case "result": row.SpfResult = Word<SpfVerdict>(Text()); break;
                            default: Skip(); break;
                        }
                    });
                    break;
                default: Skip(); break;
            }
        }

        // Each child element of the current one is read or skipped whole by what is done with it; the reader ends behind the closing tag.
        private void Children(Action<string> read)
        {
            var depth = xml.Depth;
            if (depth > MaxNesting) throw new ReportFormatException("the report is nested too deep");
            var isEmpty = xml.IsEmptyElement;
            xml.Read();
            if (isEmpty) return;
            while (xml.Depth > depth)
            {
                if (xml.NodeType == XmlNodeType.Element) read(xml.LocalName);
                else if (!xml.Read()) return;
            }
            xml.Read();
        }

        private void Skip() => Children(_ => Skip());

        // Text of an element, cut; elements inside are passed over.
        private string Text()
        {
            var text = new StringBuilder();
            var depth = xml.Depth;
            var isEmpty = xml.IsEmptyElement;
            xml.Read();
            if (isEmpty) return "";
            while (xml.Depth > depth)
            {
                if (xml.NodeType == XmlNodeType.Element) Skip();
                else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) Take(text);
                else if (!xml.Read()) break;
            }
            xml.Read();
            return text.ToString().Trim();
        }

        private void Take(StringBuilder text)
        {
            for (int count; (count = xml.ReadValueChunk(chunk, 0, chunk.Length)) > 0;)
                for (var i = 0; i < count && text.Length < MaxText; i++)
                    text.Append(char.IsControl(chunk[i]) ? ' ' : chunk[i]);
            xml.Read();
        }

        private long Number() => long.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

        private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799));

        // "sampled_out" is SampledOut; "unknown" and "error" are what temperror and permerror were called (appendix C).
        private static T Word<T>(string text, T other = default) where T : struct, Enum
        {
            text = text.Replace("_", "", StringComparison.Ordinal);
            if (typeof(T) == typeof(SpfVerdict)) text = text switch { "unknown" => "temperror", "error" => "permerror", "hardfail" => "fail", _ => text };
            return text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : text.Length == 0 ? default : other;
        }
    }

    /// <summary>A record while it is read.</summary>
    private sealed class Row
    {
        public IPAddress? Source { get; set; }
        public long Count { get; set; }
        public DmarcPolicy Disposition { get; set; }
        public bool Dkim { get; set; }
        public bool Spf { get; set; }
        public DmarcOverride Override { get; set; }
        public string? Comment { get; set; }
        public string HeaderFrom { get; set; } = "";
        public string EnvelopeFrom { get; set; } = "";
        public string? EnvelopeTo { get; set; }
        public List<DmarcDkim> Signatures { get; } = [];
        public string SpfDomain { get; set; } = "";
        public bool SpfIsHello { get; set; }
        public SpfVerdict SpfResult { get; set; }

        public DmarcObservation Observation(string policyDomain) => new(
            policyDomain, Source!, Count, Disposition, Dkim, Spf, Override, Comment, HeaderFrom, EnvelopeFrom, EnvelopeTo, Signatures, SpfDomain, SpfIsHello, SpfResult);
    }
}
