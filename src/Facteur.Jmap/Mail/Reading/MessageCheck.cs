using System.Buffers;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Tells messages from other files: the parser reads anything, but a photograph is no email (notParsable, RFC 8621 §4.9).</summary>
internal static class MessageCheck
{
    /// <summary>Octets looked at.</summary>
    private const int LookedAt = 16 * 1024;

    /// <summary>True when the octets begin as a message does: with header fields, and with hardly a line among them that is none (the "From " of a mail spool, a fold gone wrong).</summary>
    public static async ValueTask<bool> IsMessageAsync(IMessageSource source, CancellationToken cancel)
    {
        var start = ArrayPool<byte>.Shared.Rent(LookedAt);
        try
        {
            var filled = 0;
            for (int read; filled < LookedAt && (read = await source.ReadAsync(filled, start.AsMemory(filled, LookedAt - filled), cancel)) > 0; filled += read)
            {
            }
            return IsHeader(start.AsSpan(0, filled), isCut: filled == LookedAt);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(start);
        }
    }

    /// <param name="isCut">The last line may go on.</param>
    private static bool IsHeader(ReadOnlySpan<byte> start, bool isCut)
    {
        var (fields, others, rest) = (0, 0, start.Length);
        foreach (var field in new HeaderFields(start))
        {
            rest -= field.Raw.Length;
            if (field.Raw.Contains((byte)0)) return false;
            if (!field.Name.IsEmpty) fields++;
            else if (fields > 0 && !(isCut && rest == 0)) others++;
            else if (fields == 0 && !field.Raw.StartsWith("From "u8)) return false;
        }
        return fields > 0 && others <= fields / 4;
    }
}
