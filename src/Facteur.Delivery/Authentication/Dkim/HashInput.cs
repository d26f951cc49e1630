using System.Security.Cryptography;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Octets on their way into SHA-256: small pieces are gathered, since each call of the library costs as much as 100 octets; large ones go straight through.</summary>
internal sealed class HashInput : IDisposable
{
    /// <summary>Octets of the hash.</summary>
    public const int HashOctets = SHA256.HashSizeInBytes;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] gathered = new byte[2048];
    private int count;

    public void Append(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > gathered.Length - count)
        {
            Flush();
            if (octets.Length >= gathered.Length / 2)
            {
                hash.AppendData(octets);
                return;
            }
        }
        octets.CopyTo(gathered.AsSpan(count));
        count += octets.Length;
    }

    /// <summary>The hash of all octets since the last call.</summary>
    public void Finish(Span<byte> result)
    {
        Flush();
        hash.GetHashAndReset(result);
    }

    public void Dispose() => hash.Dispose();

    private void Flush()
    {
        if (count > 0) hash.AppendData(gathered, 0, count);
        count = 0;
    }
}
