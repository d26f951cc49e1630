namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>All hashes of one body that signatures ask for; what is asked for twice is computed once.</summary>
internal sealed class BodyHashes : IDisposable
{
    private BodyCanonicalizer? simple;
    private BodyCanonicalizer? relaxed;

    public BodyDigest Digest(Canonicalization canonicalization, long? limit) => canonicalization == Canonicalization.Simple
        ? (simple ??= new(Canonicalization.Simple)).Digest(limit)
        : (relaxed ??= new(Canonicalization.Relaxed)).Digest(limit);

    public void Write(ReadOnlySpan<byte> octets)
    {
        simple?.Write(octets);
        relaxed?.Write(octets);
    }

    public void Complete()
    {
        simple?.Complete();
        relaxed?.Complete();
    }

    public void Dispose()
    {
        simple?.Dispose();
        relaxed?.Dispose();
    }
}
