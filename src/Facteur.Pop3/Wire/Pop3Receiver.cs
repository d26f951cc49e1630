using System.Buffers;

namespace Facteur.Pop3.Wire;

/// <summary>What a try to read a line brought.</summary>
internal enum LineStatus { Complete, NeedMore, TooLong }

/// <summary>Octets to lines.</summary>
internal static class Pop3Receiver
{
    /// <summary>Takes one line off the front of <paramref name="input"/>.</summary>
    /// <param name="input">Unread octets; moved past the line and its end only on <see cref="LineStatus.Complete"/>.</param>
    /// <param name="maxOctets">Longest line accepted, with its CRLF.</param>
    /// <param name="line">The line without its CRLF. A bare LF ends a line too: people type them, and no message comes this way.</param>
    public static LineStatus TryReadLine(ref ReadOnlySequence<byte> input, int maxOctets, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (input.PositionOf((byte)'\n') is not { } end) return input.Length >= maxOctets ? LineStatus.TooLong : LineStatus.NeedMore;
        var taken = input.Slice(0, end);
        if (taken.Length + 1 > maxOctets) return LineStatus.TooLong;
        input = input.Slice(input.GetPosition(1, end));
        line = taken.Length > 0 && taken.Slice(taken.Length - 1).FirstSpan[0] == '\r' ? taken.Slice(0, taken.Length - 1) : taken;
        return LineStatus.Complete;
    }
}
