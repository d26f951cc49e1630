using Facteur.Net.Dns;

namespace Facteur.Delivery.Authentication.Dmarc;

/// <summary>A result and what it rests on, for reports.</summary>
/// <param name="Record">The record that speaks for the author's domain; null when there is none.</param>
/// <param name="IsSampledOut">The policy was lowered because of pct (RFC 7489 §6.6.4).</param>
public sealed record DmarcEvaluation(DmarcResult Result, DmarcRecord? Record, bool IsSampledOut);

/// <summary>Compares the author's domain with those that SPF and DKIM vouch for, and says what the owner asks for (RFC 7489, RFC 9091; tree walk of
/// RFC 9989). Knows nothing of local policy and of ARC. Safe for any number of callers; never throws but for cancellation.</summary>
/// <param name="suffixes">Gives the list of the moment, or null.</param>
/// <param name="random">Decides pct; asked from several threads, like <see cref="Random.Shared"/>.</param>
public sealed class DmarcEvaluator(DnsResolver dns, Func<PublicSuffixList?> suffixes, Random random)
{
    // Signatures of one message that are compared: more come only from who tries something.
    private const int MaxSignatures = 10;

    /// <param name="dkim">Each signature of the message.</param>
    public async ValueTask<DmarcEvaluation> EvaluateAsync(AuthorDomain author, SpfResult spf, IReadOnlyList<DkimResult> dkim, CancellationToken cancel)
    {
        if (author.Problem is { } problem) return Without(DmarcVerdict.PermError, "", problem);
        if (author.Domain is not { } domain) return Without(DmarcVerdict.None, "", null);
        var list = suffixes();
        var walk = await DmarcTreeWalk.RunAsync(dns, domain, list, cancel);
        var organizational = walk.OrganizationalDomain(list);
        var record = walk.Policy(organizational);
        if (walk.IsBroken && walk.Own is null) return Without(DmarcVerdict.TempError, domain, $"no answer for the DMARC record of {domain}");
        if (record is not { IsUsable: true }) return Without(DmarcVerdict.None, domain, null) with { Record = null };

        var check = new Alignment(dns, list, domain, organizational);
        var spfAligned = await check.IsAlignedAsync(spf.Domain, record.StrictSpf, cancel);
        var (dkimPasses, dkimLater) = await CompareAsync(check, dkim, record.StrictDkim, cancel);
        var spfPasses = spfAligned && spf.Verdict == SpfVerdict.Pass;
        var later = dkimLater || spfAligned && spf.Verdict == SpfVerdict.TempError || walk.IsBroken || check.IsBroken;
        var published = record.For(domain, record.Nonexistent is null || record.Domain == domain || await ExistsAsync(domain, cancel));
        var result = new DmarcResult(DmarcVerdict.Pass, domain, organizational, record.Domain, DmarcPolicy.None, published, spfPasses, dkimPasses, null);
        if (spfPasses || dkimPasses) return new DmarcEvaluation(result, record, false);
        // RFC 7489 §6.6.2: what may still pass has not failed. Only an aligned identifier can, so a sender gains nothing by a broken one of his own.
        if (later) return new DmarcEvaluation(result with { Verdict = DmarcVerdict.TempError, Problem = "an aligned identifier could not be checked" }, record, false);
        var sampledOut = published != DmarcPolicy.None && record.Percent < 100 && random.Next(100) >= record.Percent;
        return new DmarcEvaluation(result with { Verdict = DmarcVerdict.Fail, Policy = sampledOut ? Lower(published) : published }, record, sampledOut);
    }

    private static async ValueTask<(bool Passes, bool Later)> CompareAsync(Alignment check, IReadOnlyList<DkimResult> dkim, bool strict, CancellationToken cancel)
    {
        bool passes = false, later = false;
        // Those that pass come first, so that many bad signatures before a good one do not hide it.
        foreach (var signature in dkim.Where(s => s.Verdict is DkimVerdict.Pass or DkimVerdict.TempError).OrderBy(s => s.Verdict).Take(MaxSignatures))
        {
            if (passes || !await check.IsAlignedAsync(signature.Domain, strict, cancel)) continue;
            passes |= signature.Verdict == DkimVerdict.Pass;
            later |= signature.Verdict == DkimVerdict.TempError;
        }
        return (passes, later);
    }

    // RFC 7489 §6.6.4: one step down.
    private static DmarcPolicy Lower(DmarcPolicy policy) => policy == DmarcPolicy.Reject ? DmarcPolicy.Quarantine : DmarcPolicy.None;

    // RFC 9091 §2.7. Without an answer it counts as there.
    private async ValueTask<bool> ExistsAsync(string domain, CancellationToken cancel)
    {
        foreach (var type in (DnsType[])[DnsType.A, DnsType.Aaaa, DnsType.Mx])
        {
            var answer = await dns.QueryAsync(domain, type, cancel);
            if (answer.Status == DnsStatus.NoSuchName) return false;
            if (answer.Status != DnsStatus.NoData) return true;
        }
        return false;
    }

    private static DmarcEvaluation Without(DmarcVerdict verdict, string domain, string? problem) =>
        new(new DmarcResult(verdict, domain, domain, "", DmarcPolicy.None, DmarcPolicy.None, false, false, problem), null, false);

    /// <summary>Identifier alignment (RFC 7489 §3.1) with one author.</summary>
    private sealed class Alignment(DnsResolver dns, PublicSuffixList? suffixes, string author, string organizational)
    {
        /// <summary>A question about a name that might have aligned had no answer.</summary>
        public bool IsBroken { get; private set; }

        public async ValueTask<bool> IsAlignedAsync(string identifier, bool strict, CancellationToken cancel)
        {
            if (DnsName.OfMail(identifier) is not { } name) return false;
            if (name == author) return true;
            // An organizational domain is the name itself or above it. After one question without an answer no other is asked.
            if (strict || IsBroken || !DnsName.IsWithin(name, organizational)) return false;
            var walk = await DmarcTreeWalk.RunAsync(dns, name, suffixes, cancel);
            IsBroken |= walk.IsBroken;
            return walk.OrganizationalDomain(suffixes) == organizational;
        }
    }
}
