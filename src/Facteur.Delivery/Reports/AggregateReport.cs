using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;

namespace Facteur.Delivery.Reports;

/// <summary>The policy that a report speaks of (RFC 7489 appendix C, PolicyPublishedType).</summary>
public sealed record PublishedPolicy(string Domain, DmarcPolicy Policy, DmarcPolicy Subdomains, bool StrictDkim, bool StrictSpf, int Percent, string FailureOptions)
{
    public static PublishedPolicy Of(DmarcRecord record) =>
        new(record.Domain, record.Policy, record.Subdomains ?? record.Policy, record.StrictDkim, record.StrictSpf, record.Percent, record.FailureOptions);
}

/// <summary>An aggregate report, sent or received (RFC 7489 §7.2, appendix C).</summary>
/// <param name="ReportId">The same for the same report sent again.</param>
/// <param name="Messages">Messages that the rows count, those of rows left out as well.</param>
/// <param name="IsCut">Rows past the limit of <see cref="AggregateReportReader"/> are left out.</param>
public sealed record AggregateReport(
    string Organization, string Email, string? ExtraContact, string ReportId, DateTimeOffset Begin, DateTimeOffset End, PublishedPolicy Policy,
    IReadOnlyList<DmarcObservation> Rows, long Messages, bool IsCut);

/// <summary>What came is no report of the kind that was looked for, or more than one may be.</summary>
public sealed class ReportFormatException : Exception
{
    public ReportFormatException(string message) : base(message)
    {
    }

    public ReportFormatException(string message, Exception inner) : base(message, inner)
    {
    }
}
