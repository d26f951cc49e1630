namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Hash of a canonical body, up to a length when l= sets one (RFC 6376 §3.5, §3.7).</summary>
internal sealed class BodyDigest(long? limit) : IDisposable
{
    private readonly HashInput input = new();
    private readonly byte[] hash = new byte[HashInput.HashOctets];
    private long room = limit ?? long.MaxValue;

    public long? Limit => limit;

    /// <summary>Octets of the whole canonical body; known when it has ended.</summary>
    public long BodyOctets { get; private set; }

    /// <summary>The hash; valid when the body has ended.</summary>
    public ReadOnlySpan<byte> Hash => hash;

    public void Append(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > room) octets = octets[..(int)room];
        room -= octets.Length;
        if (octets.Length > 0) input.Append(octets);
    }

    public void Complete(long bodyOctets)
    {
        BodyOctets = bodyOctets;
        input.Finish(hash);
    }

    public void Dispose() => input.Dispose();
}
