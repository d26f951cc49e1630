using Facteur.Mail;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>The psd tag of RFC 9989: the domain says itself whether others register names below it.</summary>
public enum DmarcPsd : byte { Unsaid, Yes, No }

/// <summary>What the owner of a domain published (RFC 7489 §6.3, np of RFC 9091 §3.2, psd and t of RFC 9989).</summary>
/// <param name="Domain">Where it was found, without "_dmarc.".</param>
/// <param name="IsUsable">False when p, sp or np cannot be read and no reports are asked for: then DMARC is not applied (RFC 7489 §6.6.3).</param>
/// <param name="Subdomains">sp, or null.</param>
/// <param name="Nonexistent">np, or null.</param>
/// <param name="StrictDkim">adkim=s.</param>
/// <param name="StrictSpf">aspf=s.</param>
/// <param name="Percent">pct; 0 with t=y.</param>
/// <param name="FailureOptions">fo, its letters joined by colons; "0" when it is not there.</param>
/// <param name="Interval">ri: time that one aggregate report is asked to cover.</param>
public sealed record DmarcRecord(
    string Domain, bool IsUsable, DmarcPolicy Policy, DmarcPolicy? Subdomains, DmarcPolicy? Nonexistent, bool StrictDkim, bool StrictSpf, int Percent,
    DmarcPsd Psd, IReadOnlyList<DmarcDestination> AggregateReports, IReadOnlyList<DmarcDestination> FailureReports, string FailureOptions, TimeSpan Interval)
{
    /// <summary>What is asked for in the name of <paramref name="author"/>.</summary>
    public DmarcPolicy For(string author, bool exists) =>
        author == Domain ? Policy : exists || Nonexistent is null ? Subdomains ?? Policy : Nonexistent.Value;
}

/// <summary>A mailto URI of rua or ruf (RFC 7489 §6.2, §6.4); others cannot be used and are left out.</summary>
/// <param name="MaxOctets">Largest report that it takes, encoded as sent, or null.</param>
public sealed record DmarcDestination(MailAddress Mailbox, long? MaxOctets);
