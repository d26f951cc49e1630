using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>What is known of a host when its policy is decided.</summary>
/// <param name="Host">MX name.</param>
/// <param name="IsHostAuthentic">The name was found securely: the MX answer was validated, or an administrator wrote it down.</param>
/// <param name="NextHop">Names of the destination: as asked for, and at the end of its CNAME chain.</param>
internal sealed record TransportFacts(TransportDemands Demands, string Host, bool IsHostAuthentic, IReadOnlyList<string> NextHop, MtaStsPolicy? Sts, TlsaFinding Tlsa);

/// <summary>
/// Puts DANE, MTA-STS and the sender's demands together. Invariant: each of them can only raise the level; the one thing that lowers it
/// is a sender who writes "TLS-Required: No" (RFC 8689 §4.2.2).
/// </summary>
internal static class TransportRules
{
    public static PolicyDecision Decide(TransportFacts facts)
    {
        if (facts.Demands is { TlsNotRequired: true, RequireTls: false }) return Accept(Opportunistic(facts));
        if (facts.Tlsa.Failure is { } failure)
        {
            return Refuse(Opportunistic(facts) with { Type = TlsPolicyType.Tlsa, Defect = TlsResultType.DnssecInvalid, DefectReason = $"TLSA look-up: {failure}" },
                AttemptVerdict.TemporaryFailure, "4.7.5", $"the TLSA records of {facts.Host} cannot be looked up ({Words(failure)})");
        }
        var decision = facts.Tlsa.BaseDomain is not null ? ByTlsa(facts) : facts.Sts is { } sts ? BySts(facts, sts) : Accept(Opportunistic(facts));
        return facts.Demands.RequireTls && !decision.IsRefused ? Require(facts, decision.Policy) : decision;
    }

    private static TransportPolicy Opportunistic(TransportFacts facts) => new() { Level = TransportLevel.Opportunistic, ServerName = facts.Host };

    // RFC 7672 §2.2: usable records decide; records of which none is usable still promise TLS.
    private static PolicyDecision ByTlsa(TransportFacts facts)
    {
        var usable = TlsaRecords.Usable(facts.Tlsa.Records);
        var baseDomain = facts.Tlsa.BaseDomain!;
        var policy = new TransportPolicy
        {
            Level = usable.Count > 0 ? TransportLevel.VerifiedByTlsa : TransportLevel.Encrypted,
            ServerName = baseDomain,
            Tlsa = usable,
            Names = [.. facts.NextHop.Prepend(baseDomain).Distinct(StringComparer.OrdinalIgnoreCase)], // RFC 7672 §3.2.2
            Type = TlsPolicyType.Tlsa,
            PolicyStrings = [.. facts.Tlsa.Records.Select(TlsaRecords.Text)],
            Defect = usable.Count > 0 ? null : TlsResultType.TlsaInvalid,
            DefectReason = usable.Count > 0 ? null : "no TLSA record is usable",
        };
        if (facts.Sts is not { Mode: MtaStsMode.Enforce } sts) return Accept(policy);
        // MTA-STS never overrides DANE (RFC 8461 §2), and DANE does not make a host of the domain that its policy leaves out.
        if (!MtaStsPolicyText.Matches(sts, facts.Host)) return BySts(facts, sts);
        return Accept(policy.Level == TransportLevel.VerifiedByTlsa ? policy : policy with { Level = TransportLevel.VerifiedByName, ServerName = facts.Host, Names = [facts.Host] });
    }

    private static PolicyDecision BySts(TransportFacts facts, MtaStsPolicy sts)
    {
        var isListed = MtaStsPolicyText.Matches(sts, facts.Host);
        var isEnforced = sts.Mode == MtaStsMode.Enforce;
        var policy = new TransportPolicy
        {
            Level = isEnforced ? TransportLevel.VerifiedByName : TransportLevel.Opportunistic,
            ServerName = facts.Host,
            Names = [facts.Host],
            IsTesting = !isEnforced,
            Type = TlsPolicyType.Sts,
            PolicyStrings = MtaStsPolicyText.Lines(sts),
            MxPatterns = sts.Mx,
            Defect = isListed ? null : TlsResultType.ValidationFailure,
            DefectReason = isListed ? null : "the MX host is not listed in the policy",
        };
        // A new policy is looked for at every attempt, so that a mended one counts at once; until then it is temporary (RFC 8461 §5).
        return isListed || !isEnforced ? Accept(policy) : Refuse(policy, AttemptVerdict.TemporaryFailure, "4.7.5", $"the MTA-STS policy of {facts.NextHop[0]} does not list {facts.Host}");
    }

    // RFC 8689 §4.2.1: a name that is certain, and a certificate that is.
    private static PolicyDecision Require(TransportFacts facts, TransportPolicy policy)
    {
        var isNameCertain = facts.IsHostAuthentic || (facts.Sts is { } sts && MtaStsPolicyText.Matches(sts, facts.Host));
        if (!isNameCertain) return Refuse(policy, AttemptVerdict.PermanentFailure, "5.7.30", $"the sender asks for REQUIRETLS, and neither DNSSEC nor MTA-STS vouches for {facts.Host}");
        return Accept(policy.Level == TransportLevel.VerifiedByTlsa ? policy : policy with { Level = TransportLevel.VerifiedByName, ServerName = facts.Host, Names = [facts.Host], IsTesting = false });
    }

    private static PolicyDecision Accept(TransportPolicy policy) => new(policy, null, "", "");

    private static PolicyDecision Refuse(TransportPolicy policy, AttemptVerdict verdict, string enhancedCode, string reason) => new(policy, verdict, enhancedCode, reason);

    internal static string Words(DnsStatus status) => status switch
    {
        DnsStatus.Bogus => "DNSSEC validation fails",
        DnsStatus.Timeout => "no name server answers",
        _ => "the name servers fail",
    };
}
