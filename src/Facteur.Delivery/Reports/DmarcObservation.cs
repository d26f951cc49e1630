using System.Net;
using System.Text.Json.Serialization;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Net;

namespace Facteur.Delivery.Reports;

/// <summary>Why something else was done than the domain's owner asks (RFC 7489 appendix C, PolicyOverrideType).</summary>
public enum DmarcOverride : byte { None, Forwarded, SampledOut, TrustedForwarder, MailingList, LocalPolicy, Other }

/// <summary>A signature as reports show it.</summary>
public sealed record DmarcDkim(string Domain, string Selector, DkimVerdict Result);

/// <summary>Messages from one place that were judged alike: a row of an aggregate report (RFC 7489 §7.2).</summary>
/// <param name="PolicyDomain">Where the record is, and whom the report goes to.</param>
/// <param name="Count">Messages.</param>
/// <param name="Disposition">What was done because of DMARC.</param>
/// <param name="DkimAligned">DKIM passed with an aligned domain; <paramref name="SpfAligned"/> likewise.</param>
/// <param name="Comment">More about <paramref name="Override"/>, or null.</param>
/// <param name="HeaderFrom">The author's domain.</param>
/// <param name="EnvelopeFrom">Domain of the reverse-path; "" when it was empty.</param>
/// <param name="EnvelopeTo">Domain of a recipient; null when it is not told.</param>
/// <param name="SpfDomain">Domain that SPF checked, of HELO when <paramref name="SpfIsHello"/>.</param>
public sealed record DmarcObservation(
    string PolicyDomain, [property: JsonConverter(typeof(AddressAsText))] IPAddress Source, long Count, DmarcPolicy Disposition, bool DkimAligned, bool SpfAligned,
    DmarcOverride Override, string? Comment, string HeaderFrom, string EnvelopeFrom, string? EnvelopeTo, IReadOnlyList<DmarcDkim> Dkim, string SpfDomain, bool SpfIsHello, SpfVerdict Spf)
{
    // Signatures of one message that are told; more come only from who tries something.
    private const int MaxSignatures = 10;

    /// <summary>One message; null when nobody asks to hear of it.</summary>
    /// <param name="disposition">What is done with it, local policy included.</param>
    /// <param name="reason">Why that is not what the owner asks; sampling is known already.</param>
    public static DmarcObservation? Of(
        DmarcEvaluation evaluation, IPAddress client, SpfResult spf, IReadOnlyList<DkimResult> dkim, string envelopeFrom, string? envelopeTo,
        DmarcPolicy disposition, DmarcOverride reason = DmarcOverride.None, string? comment = null)
    {
        if (evaluation.Record is not { AggregateReports.Count: > 0 }) return null;
        if (reason == DmarcOverride.None && evaluation.IsSampledOut) reason = DmarcOverride.SampledOut;
        var signatures = dkim.Select(signature => new DmarcDkim(Shown(signature.Domain), Shown(signature.Selector), signature.Verdict)).Distinct().Take(MaxSignatures).ToList();
        var result = evaluation.Result;
        return new DmarcObservation(
            evaluation.Record.Domain, client.Unmapped(), 1, disposition, result.DkimAligned, result.SpfAligned, reason, comment,
            result.Domain, Shown(envelopeFrom), envelopeTo is null ? null : Shown(envelopeTo), signatures, Shown(spf.Domain), spf.IsHello, spf.Verdict);
    }

    private static string Shown(string domain) => DnsName.OfMail(domain) ?? DnsName.Printable(domain);
}
