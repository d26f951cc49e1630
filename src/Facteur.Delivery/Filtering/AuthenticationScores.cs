using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering;

/// <summary>What SPF, DKIM, DMARC and ARC mean for a message.</summary>
internal static class AuthenticationScores
{
    public static void Judge(FilterInput input, IReadOnlyList<string> authors, FilterSettings settings, FilterScore score)
    {
        // Who vouches for the message has changed it and sends it from elsewhere: neither speaks against it.
        if (TrustedSealer(input.Arc, settings) is { } sealer && input.Dmarc?.Verdict != DmarcVerdict.Pass)
        {
            score.Add("arc.trusted", 0, $"{sealer} vouches for the message it passed on (ARC)", $"{sealer} se porte garant du message transmis (ARC)");
            return;
        }
        JudgeSpf(input, score);
        JudgeOwnDomain(input, authors, score);
        if (!input.Dkim.Any(signature => signature.Verdict == DkimVerdict.Pass) && input.Dkim.Any(signature => signature is { Verdict: DkimVerdict.Fail, IsTesting: false }))
            score.Add("dkim.fail", 0.5, "the signature does not match the message", "la signature ne correspond pas au message");
        JudgeDmarc(input, settings, score);
    }

    /// <summary>
    /// The visible author is who it says, as far as anybody can tell: DMARC passes, or there is no policy and nothing speaks against it.
    /// </summary>
    public static bool MayBeAuthor(FilterInput input) => input.Dmarc?.Verdict switch
    {
        DmarcVerdict.Pass => true,
        DmarcVerdict.Fail => false,
        _ => input.Spf?.Verdict is not (SpfVerdict.Fail or SpfVerdict.SoftFail) || input.Dkim.Any(signature => signature.Verdict == DkimVerdict.Pass),
    };

    private static void JudgeSpf(FilterInput input, FilterScore score)
    {
        // A signature that survives a forwarder says more than the address it came from.
        if (input.Dmarc?.Verdict == DmarcVerdict.Pass) return;
        switch (input.Spf)
        {
            case { Verdict: SpfVerdict.Fail } spf:
                score.Add("spf.fail", 3, $"{spf.Domain} does not send from this host (SPF)", $"{spf.Domain} n'envoie pas depuis ce serveur (SPF)");
                break;
            case { Verdict: SpfVerdict.SoftFail } spf:
                score.Add("spf.softfail", 1.5, $"{spf.Domain} probably does not send from this host (SPF)", $"{spf.Domain} n'envoie sans doute pas depuis ce serveur (SPF)");
                break;
            case { Verdict: SpfVerdict.PermError } spf:
                score.Add("spf.permerror", 0.5, $"the SPF record of {spf.Domain} is wrong", $"l'enregistrement SPF de {spf.Domain} est erroné");
                break;
        }
    }

    /// <summary>
    /// Mail from the recipient's own domain that comes from outside and proves nothing (S-20). Points only: lists bring people their own
    /// messages back.
    /// </summary>
    private static void JudgeOwnDomain(FilterInput input, IReadOnlyList<string> authors, FilterScore score)
    {
        // A printer or a script of the site has no other way to write.
        if (input.Dmarc?.Verdict is DmarcVerdict.Pass or DmarcVerdict.Fail || !PeerNetwork.IsForeign(input.Peer)) return;
        foreach (var author in authors)
        {
            var domain = author[(author.LastIndexOf('@') + 1)..];
            if (IsProven(input, domain) || !input.Recipients.Any(to => to.Address.EndsWith("@" + domain, StringComparison.OrdinalIgnoreCase))) continue;
            score.Add("from.own-domain", 3.5, $"it says it is from {domain}, your own domain, and nothing proves it", $"il se dit de {domain}, votre propre domaine, et rien ne le prouve");
            return;
        }
    }

    private static bool IsProven(FilterInput input, string domain) =>
        (input.Spf is { Verdict: SpfVerdict.Pass } spf && IsWithin(domain, spf.Domain))
        || input.Dkim.Any(signature => signature.Verdict == DkimVerdict.Pass && IsWithin(domain, signature.Domain));

    private static bool IsWithin(string domain, string proven) =>
        proven.Length > 0 && (domain.Equals(proven, StringComparison.OrdinalIgnoreCase) || domain.EndsWith("." + proven, StringComparison.OrdinalIgnoreCase));

    private static void JudgeDmarc(FilterInput input, FilterSettings settings, FilterScore score)
    {
        if (input.Dmarc is not { Verdict: DmarcVerdict.Fail } dmarc) return;
        var english = $"the sender cannot be shown to be {dmarc.Domain} (DMARC)";
        var french = $"rien ne prouve que l'expéditeur soit {dmarc.Domain} (DMARC)";
        switch (dmarc.Policy)
        {
            case DmarcPolicy.Reject when settings.RejectDmarc:
                score.Add("dmarc.reject", 10, english, french);
                // RFC 7489 §10.3 asks for a reply that names the reason.
                score.Reject(new SmtpRefusal(550, "5.7.1", $"the policy of {dmarc.Domain} refuses mail that fails DMARC"));
                break;
            case DmarcPolicy.Reject or DmarcPolicy.Quarantine:
                score.Add(dmarc.Policy == DmarcPolicy.Reject ? "dmarc.reject" : "dmarc.quarantine", 5, english, french);
                score.ForceJunk();
                break;
            default:
                score.Add("dmarc.fail", 1, english, french);
                break;
        }
    }

    /// <summary>Last sealer of a chain that passes, when the operator trusts it (RFC 8617 §5.2 leaves to the receiver what a chain is worth).</summary>
    private static string? TrustedSealer(ArcResult? arc, FilterSettings settings) =>
        arc is { Verdict: ArcVerdict.Pass, Sealers.Count: > 0 } && settings.TrustedSealers.Contains(arc.Sealers[^1], StringComparer.OrdinalIgnoreCase) ? arc.Sealers[^1] : null;
}
