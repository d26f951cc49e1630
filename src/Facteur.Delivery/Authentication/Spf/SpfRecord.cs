using System.Net;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>A record read (RFC 7208 §4.6.1), its terms in order.</summary>
internal sealed record SpfRecord(IReadOnlyList<SpfDirective> Directives, SpfMacroString? Redirect, SpfMacroString? Explanation);

/// <summary>Mechanisms (RFC 7208 §5).</summary>
internal enum SpfMechanism : byte { All, Include, A, Mx, Ptr, Ip4, Ip6, Exists }

/// <summary>A mechanism with its qualifier.</summary>
/// <param name="Verdict">What the record says when it matches (RFC 7208 §4.6.2).</param>
/// <param name="Target">The domain-spec, or null for the current domain.</param>
/// <param name="Network">Address of ip4 and ip6, in octets.</param>
/// <param name="Prefix4">Bits that count of an IPv4 address.</param>
/// <param name="Prefix6">Bits that count of an IPv6 address.</param>
/// <param name="Text">As written.</param>
internal sealed record SpfDirective(
    SpfVerdict Verdict, SpfMechanism Mechanism, SpfMacroString? Target, byte[] Network, int Prefix4, int Prefix6, string Text)
{
    public const int AllBits4 = 32;
    public const int AllBits6 = 128;

    /// <summary>The client is in the network that this directive draws around <paramref name="address"/> (RFC 7208 §5).</summary>
    public bool Covers(ReadOnlySpan<byte> address, ReadOnlySpan<byte> client)
    {
        if (address.Length != client.Length) return false;
        var bits = client.Length == 4 ? Prefix4 : Prefix6;
        var whole = bits / 8;
        if (!address[..whole].SequenceEqual(client[..whole])) return false;
        return bits % 8 == 0 || (address[whole] ^ client[whole]) >> (8 - bits % 8) == 0;
    }

    /// <summary>The same for an address of the DNS.</summary>
    public bool Covers(IPAddress address, ReadOnlySpan<byte> client)
    {
        Span<byte> octets = stackalloc byte[16];
        return address.TryWriteBytes(octets, out var written) && Covers(octets[..written], client);
    }
}

/// <summary>Ends a check: temperror and permerror go up to the topmost check_host() from wherever they arise (RFC 7208 §5, §5.2).</summary>
internal sealed class SpfErrorException(SpfVerdict verdict, string problem) : Exception(problem)
{
    public SpfVerdict Verdict { get; } = verdict;

    public static SpfErrorException Permanent(string problem) => new(SpfVerdict.PermError, problem);

    public static SpfErrorException Temporary(string problem) => new(SpfVerdict.TempError, problem);
}
