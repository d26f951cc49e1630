using System.Buffers;
using System.Runtime.CompilerServices;

namespace Facteur.Mail;

/// <summary>Reading a message from some place on, in order, without ever having it whole.</summary>
public static class MessagePieces
{
    /// <summary>The longest piece, in octets.</summary>
    public const int Step = 64 * 1024;

    /// <summary>The octets from <paramref name="offset"/> to the end, in pieces of up to 64 KiB; each is valid until the next is asked for.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(this IMessageSource source, long offset, [EnumeratorCancellation] CancellationToken cancel)
    {
        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(source.Length - offset, 1, Step));
        try
        {
            for (; await source.ReadAsync(offset, piece, cancel) is var read and > 0; offset += read) yield return piece.AsMemory(0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>As many octets as are said, in the same way.</summary>
    /// <exception cref="EndOfStreamException">The source is shorter than that.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(this IMessageSource source, long offset, long length, [EnumeratorCancellation] CancellationToken cancel)
    {
        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, Step));
        try
        {
            for (int read; length > 0; offset += read, length -= read)
            {
                read = await source.ReadAsync(offset, piece.AsMemory(0, (int)Math.Min(piece.Length, length)), cancel);
                if (read == 0) throw new EndOfStreamException("the octets end before their length");
                yield return piece.AsMemory(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
