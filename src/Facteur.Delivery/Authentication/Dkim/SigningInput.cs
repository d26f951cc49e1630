namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A message that streams by to be signed: its header kept, the hash of its whole body relaxed (RFC 6376 §3.4.2, §3.4.4).</summary>
internal sealed class SigningInput : IDisposable
{
    private readonly BodyHashes bodies = new();
    private readonly BodyDigest body;
    private bool hasBegun;

    public SigningInput() => body = bodies.Digest(Canonicalization.Relaxed, null);

    public SignedHeader Header { get; } = new(SignatureLimits.Default.MaxHeaderOctets, SignatureLimits.Default.MaxFields);

    /// <summary>Valid after <see cref="Complete"/>.</summary>
    public ReadOnlySpan<byte> BodyHash => body.Hash;

    /// <summary>Looks at the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (!hasBegun)
        {
            octets = octets[Header.Write(octets)..];
            if (!Header.HasEnded) return;
            BeginBody();
        }
        bodies.Write(octets);
    }

    /// <summary>The message has ended.</summary>
    public void Complete()
    {
        if (!hasBegun)
        {
            Header.Complete();
            BeginBody();
        }
        bodies.Complete();
    }

    public void Dispose()
    {
        Header.Dispose();
        bodies.Dispose();
    }

    private void BeginBody()
    {
        hasBegun = true;
        bodies.Write(Header.BodyBegun);
    }
}
