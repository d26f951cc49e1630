using System.Buffers.Binary;

namespace Facteur.Storage.Embedded.Packs;

/// <summary>A run of a body's octets in a segment.</summary>
/// <param name="Offset">Of the record's header; the octets follow it.</param>
/// <param name="Checksums">CRC-32C of each <see cref="Record.BlockOctets"/> octets, the last one shorter.</param>
internal sealed record Extent(int Segment, long Offset, int Length, uint[] Checksums)
{
    public long DataOffset => Offset + Record.HeaderOctets;
}

/// <summary>
/// What lies in a segment: header (magic, length, CRC-32C, number of the extent in its body, blob id, flags, CRC-32C of the header), octets,
/// up to a multiple of 8. It is enough to find all bodies again without the database.
/// </summary>
internal static class Record
{
    public const int HeaderOctets = 32;

    /// <summary>A read checks whole blocks, so that a part of a long message costs one block and not the message.</summary>
    public const int BlockOctets = 32 * 1024;

    /// <summary>Number of the extent that stands before the others of its body and was written after them; those count from 0.</summary>
    public const int PrefixNumber = -1;

    private const uint Magic = 0x31435046; // "FPC1"
    private const uint LastExtent = 1;

    /// <summary>Room that an extent of so many octets takes.</summary>
    public static long Room(long octets) => (HeaderOctets + octets + 7) & ~7L;

    public static void WriteHeader(Span<byte> header, Extent extent, long blob, int number, bool last)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], extent.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Total(extent.Checksums));
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], number);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], blob);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], last ? LastExtent : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Crc32C.Compute(header[..28]));
    }

    /// <summary>Number of the extent that a header says it is of.</summary>
    public static int NumberOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32LittleEndian(header[12..]);

    /// <summary>True when the header is whole and that of this extent of this blob.</summary>
    public static bool IsHeaderOf(ReadOnlySpan<byte> header, Extent extent, long blob, int number) =>
        header.Length == HeaderOctets
        && BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) == Crc32C.Compute(header[..28])
        && BinaryPrimitives.ReadInt32LittleEndian(header[4..]) == extent.Length
        && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Total(extent.Checksums)
        && BinaryPrimitives.ReadInt32LittleEndian(header[12..]) == number
        && BinaryPrimitives.ReadInt64LittleEndian(header[16..]) == blob;

    /// <summary>One checksum over those of the blocks.</summary>
    private static uint Total(uint[] checksums)
    {
        Span<byte> octets = stackalloc byte[4];
        var crc = 0u;
        foreach (var checksum in checksums)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(octets, checksum);
            crc = Crc32C.Append(crc, octets);
        }
        return crc;
    }
}

/// <summary>The extents of a body as the database keeps them: for each segment, offset, length (little endian: 4, 8, 4 octets), then the checksums.</summary>
internal static class ExtentList
{
    private const int FixedOctets = 16;

    public static byte[] Serialize(IReadOnlyList<Extent> extents)
    {
        var octets = new byte[extents.Sum(extent => FixedOctets + (4 * extent.Checksums.Length))];
        var rest = octets.AsSpan();
        foreach (var extent in extents)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, extent.Segment);
            BinaryPrimitives.WriteInt64LittleEndian(rest[4..], extent.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], extent.Length);
            rest = rest[FixedOctets..];
            foreach (var checksum in extent.Checksums)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(rest, checksum);
                rest = rest[4..];
            }
        }
        return octets;
    }

    public static List<Extent> Parse(ReadOnlySpan<byte> octets)
    {
        var extents = new List<Extent>();
        while (!octets.IsEmpty)
        {
            var segment = BinaryPrimitives.ReadInt32LittleEndian(octets);
            var offset = BinaryPrimitives.ReadInt64LittleEndian(octets[4..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(octets[12..]);
            octets = octets[FixedOctets..];
            var checksums = new uint[(length + Record.BlockOctets - 1) / Record.BlockOctets];
            for (var i = 0; i < checksums.Length; i++)
            {
                checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(octets);
                octets = octets[4..];
            }
            extents.Add(new Extent(segment, offset, length, checksums));
        }
        return extents;
    }
}
