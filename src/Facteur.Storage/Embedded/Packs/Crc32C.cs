using System.Numerics;
using System.Runtime.InteropServices;

namespace Facteur.Storage.Embedded.Packs;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> octets) => Append(0, octets);

    /// <summary>The checksum of what <paramref name="crc"/> covers followed by <paramref name="octets"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> octets)
    {
        crc = ~crc;
        var words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var octet in octets[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }
}
