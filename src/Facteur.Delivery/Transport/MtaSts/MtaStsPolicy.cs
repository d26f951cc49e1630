namespace Facteur.Delivery.Transport;

/// <summary>Mode of a policy (RFC 8461 §5).</summary>
public enum MtaStsMode : byte { None, Testing, Enforce }

/// <summary>The policy of a domain (RFC 8461 §3.2).</summary>
/// <param name="Mx">Patterns of mail exchangers: names, or "*.name".</param>
public sealed record MtaStsPolicy(MtaStsMode Mode, IReadOnlyList<string> Mx, TimeSpan MaxAge);

/// <summary>A policy as it is kept.</summary>
/// <param name="Id">id of the TXT record under which it was fetched.</param>
/// <param name="Fetched">When it was last fetched, or found unchanged.</param>
public sealed record CachedMtaStsPolicy(string Domain, string Id, MtaStsPolicy Policy, DateTimeOffset Fetched)
{
    /// <summary>From here on the policy is as if it were not there (RFC 8461 §3.2).</summary>
    public DateTimeOffset Expires => Fetched + Policy.MaxAge;
}

/// <summary>Where policies outlive a restart: without it an attacker who blocks DNS at the right moment could strip TLS (RFC 8461 §10.2).</summary>
public interface IMtaStsPolicyStore
{
    ValueTask<CachedMtaStsPolicy?> FindAsync(string domain, CancellationToken cancel);

    ValueTask SaveAsync(CachedMtaStsPolicy policy, CancellationToken cancel);

    /// <summary>Policies fetched before <paramref name="moment"/>, to be fetched again ahead of their end (RFC 8461 §3.3).</summary>
    ValueTask<IReadOnlyList<CachedMtaStsPolicy>> FetchedBeforeAsync(DateTimeOffset moment, CancellationToken cancel);
}
