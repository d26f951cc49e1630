using System.ComponentModel.DataAnnotations;

namespace Facteur.Delivery.Reports;

/// <summary>Reports that this server sends to the owners of domains.</summary>
public sealed class ReportOptions
{
    /// <summary>Domain that reports are sent in the name of; its mail has to pass DMARC (RFC 7489 §7.2.1.1).</summary>
    public string Submitter { get; init; } = "localhost";

    /// <summary>Address that reports come from, at <see cref="Submitter"/>; answers go there.</summary>
    public string From { get; init; } = "postmaster@localhost";

    /// <summary>Who is responsible, for people. Empty: the submitter's name.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Send aggregate reports of DMARC. Default: yes, domains that have no rua get none.</summary>
    public bool SendDmarc { get; init; } = true;

    /// <summary>Send reports on TLS (RFC 8460). Default: yes, domains without a record get none.</summary>
    public bool SendTls { get; init; } = true;

    /// <summary>Domains of one day that are counted. Default 5,000: whoever forges names must not make us write without end.</summary>
    [Range(1, 1_000_000)]
    public int MaxDomains { get; init; } = 5000;

    /// <summary>Longest wait after midnight UTC before reports leave, drawn anew each day. Default 4 h (RFC 8460 §4.1), so that they do not all come at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "12:00:00")]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(4);
}

/// <summary>The times that a report covers: a day in UTC (RFC 7489 §7.2, RFC 8460 §4.1).</summary>
public readonly record struct ReportPeriod(DateTimeOffset Begin, DateTimeOffset End)
{
    public static ReportPeriod Of(DateOnly day)
    {
        var begin = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        return new ReportPeriod(begin, begin.AddDays(1));
    }
}
