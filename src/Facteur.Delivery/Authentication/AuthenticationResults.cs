namespace Facteur.Delivery.Authentication;

/// <summary>Result of check_host (RFC 7208 §2.6).</summary>
public enum SpfVerdict : byte { None, Neutral, Pass, Fail, SoftFail, TempError, PermError }

/// <summary>What SPF says of a client (RFC 7208).</summary>
/// <param name="Domain">The domain that was checked: of the reverse-path, or of HELO when <paramref name="IsHello"/>.</param>
/// <param name="IsHello">The identity checked is HELO, the reverse-path being empty (RFC 7208 §2.4).</param>
/// <param name="Explanation">Text of the domain's owner for a fail (exp=), made safe for a reply line; or null.</param>
/// <param name="Mechanism">The directive that matched, as written, or "default".</param>
/// <param name="Problem">For temperror and permerror: what is wrong, in words for an operator.</param>
public sealed record SpfResult(SpfVerdict Verdict, string Domain, bool IsHello, string? Explanation, string? Mechanism, string? Problem);

/// <summary>Result of one signature (RFC 8601 §2.7.1).</summary>
public enum DkimVerdict : byte { None, Pass, Fail, Policy, Neutral, TempError, PermError }

/// <summary>What became of one DKIM-Signature (RFC 6376 §6).</summary>
/// <param name="Domain">SDID, d=, A-labels, lower case; "" when the signature cannot be read that far.</param>
/// <param name="Selector">s=.</param>
/// <param name="Identity">AUID, i=, or null.</param>
/// <param name="Algorithm">a=, as written.</param>
/// <param name="Signature">The first characters of b= that header.b shows (RFC 6008 §4).</param>
/// <param name="IsTesting">The key says t=y.</param>
/// <param name="Problem">Why it did not pass, in words for an operator.</param>
public sealed record DkimResult(DkimVerdict Verdict, string Domain, string Selector, string? Identity, string Algorithm, string Signature, bool IsTesting, string? Problem);

/// <summary>Chain Validation Status (RFC 8617 §4.4).</summary>
public enum ArcVerdict : byte { None, Pass, Fail }

/// <summary>What the ARC chain of a message says (RFC 8617 §5.2).</summary>
/// <param name="Instances">Sets in the chain; 0 without one.</param>
/// <param name="Sealers">d= of each ARC-Seal, first to last, as far as they can be read.</param>
/// <param name="FirstResults">Body of the ARC-Authentication-Results of instance 1 when the chain passes: what the first hop saw; or null.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record ArcResult(ArcVerdict Verdict, int Instances, IReadOnlyList<string> Sealers, string? FirstResults, string? Problem);

/// <summary>Result of DMARC (RFC 7489 §11.2).</summary>
public enum DmarcVerdict : byte { None, Pass, Fail, TempError, PermError }

/// <summary>What the owner of a domain asks for (RFC 7489 §6.3, p=).</summary>
public enum DmarcPolicy : byte { None, Quarantine, Reject }

/// <summary>What DMARC says of a message.</summary>
/// <param name="Domain">Domain of the one From address, A-labels, lower case.</param>
/// <param name="OrganizationalDomain">Where relaxed alignment compares.</param>
/// <param name="RecordDomain">Where the record was found, or "".</param>
/// <param name="Policy">What to do with this message: p, sp or np as it applies, after pct sampling (RFC 7489 §6.6.4). None unless the verdict is Fail.</param>
/// <param name="Published">p, sp or np as it applies, before sampling.</param>
/// <param name="SpfAligned">SPF passed with an aligned domain.</param>
/// <param name="DkimAligned">A signature passed with an aligned domain.</param>
/// <param name="Problem">Why there is a temperror or permerror.</param>
public sealed record DmarcResult(
    DmarcVerdict Verdict, string Domain, string OrganizationalDomain, string RecordDomain, DmarcPolicy Policy, DmarcPolicy Published, bool SpfAligned, bool DkimAligned, string? Problem);
