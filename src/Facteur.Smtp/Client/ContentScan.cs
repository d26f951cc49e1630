using System.Buffers;

namespace Facteur.Smtp.Client;

/// <summary>What the octets of a message ask of a peer, found by looking at them once.</summary>
/// <param name="EightBit">There are octets beyond ASCII (RFC 6152 §3).</param>
/// <param name="EightBitHeader">There are some in the header of the message (RFC 6532 §3).</param>
internal readonly record struct ContentNeeds(bool EightBit, bool EightBitHeader);

internal static class ContentScan
{
    private const int PieceOctets = 64 * 1024;

    /// <exception cref="ContentException">The message cannot be read.</exception>
    public static async ValueTask<ContentNeeds> RunAsync(OutgoingContent content, bool headerOnly, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceOctets, Math.Max(content.Length, 16)));
        try
        {
            var inHeader = true;
            var lastOctets = 0u; // the last octets of the piece before, for an end of the header across pieces
            var found = new ContentNeeds(false, false);
            for (long offset = 0; offset < content.Length && !(found.EightBit && !inHeader);)
            {
                var count = await ContentException.ReadAsync(content, offset, buffer, cancel);
                offset += count;
                found = Look(buffer.AsSpan(0, count), found, ref inHeader, ref lastOctets);
                if (headerOnly && !inHeader) break;
            }
            return found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ContentNeeds Look(ReadOnlySpan<byte> piece, ContentNeeds found, ref bool inHeader, ref uint lastOctets)
    {
        if (!inHeader) return found with { EightBit = found.EightBit || !System.Text.Ascii.IsValid(piece) };
        // The header ends at an empty line, be it by CRLF or by LF alone as it may be stored.
        var length = 0;
        while (length < piece.Length && inHeader)
        {
            lastOctets = (lastOctets << 8) | piece[length++];
            inHeader = (lastOctets & 0xffff) != 0x0a0a && (lastOctets & 0xffffff) != 0x0a0d0a;
        }
        var eightBit = !System.Text.Ascii.IsValid(piece[..length]);
        return new ContentNeeds(found.EightBit || eightBit || !System.Text.Ascii.IsValid(piece[length..]), found.EightBitHeader || eightBit);
    }
}

/// <summary>The message could not be read to its end: what of it has gone out must not be ended as if it were whole.</summary>
internal sealed class ContentException(string message, Exception? cause) : Exception(message, cause)
{
    /// <summary>At least one octet from <paramref name="offset"/>.</summary>
    public static async ValueTask<int> ReadAsync(OutgoingContent content, long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        int count;
        try
        {
            count = await content.ReadAsync(offset, buffer, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ContentException("the stored message could not be read", e);
        }
        return count > 0 ? count : throw new ContentException("the stored message is shorter than it should be", null);
    }
}
