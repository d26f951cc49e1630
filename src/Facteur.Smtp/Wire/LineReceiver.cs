using System.Buffers;

namespace Facteur.Smtp.Wire;

/// <summary>What <see cref="LineReceiver.TryRead"/> found at the front of the input.</summary>
internal enum LineStatus
{
    /// <summary>A whole line was taken off the input.</summary>
    Complete,
    /// <summary>The line goes on; read more octets.</summary>
    NeedMore,
    /// <summary>The line is longer than allowed; what there was of it is taken off the input, the rest follows.</summary>
    TooLong,
    /// <summary>The end of a line that was too long has been taken off the input: the next octet starts a line.</summary>
    TooLongEnded,
    /// <summary>A LF without a CR before it: the peer does not frame its lines as SMTP does (RFC 5321 §2.3.8).</summary>
    BareLineFeed,
}

/// <summary>
/// Cuts command lines out of the octets of a connection, cut anywhere. A line ends by CRLF only. A line that is too long
/// is thrown away as it comes, so that no more than the limit is ever held.
/// </summary>
internal struct LineReceiver
{
    private bool skipping;
    private bool skippedCr;

    /// <summary>In the middle of a line that was too long.</summary>
    public readonly bool IsSkipping => skipping;

    /// <summary>Takes one line off the front of <paramref name="input"/>.</summary>
    /// <param name="input">Unread octets; moved past what was taken.</param>
    /// <param name="maxOctets">Longest line accepted, in octets, CRLF included (RFC 5321 §4.5.3.1.4).</param>
    /// <param name="line">The line without its CRLF; valid until the input is given back.</param>
    public LineStatus TryRead(ref ReadOnlySequence<byte> input, int maxOctets, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (skipping) return Skip(ref input);

        var feed = input.PositionOf((byte)'\n');
        if (feed is null)
        {
            if (input.Length < maxOctets) return LineStatus.NeedMore;
            return TooLong(ref input, input.Length);
        }
        var length = input.Slice(0, feed.Value).Length + 1;
        if (length > maxOctets) return TooLong(ref input, length - 1);
        if (length < 2 || Octet(input.Slice(length - 2, 1)) != '\r') return LineStatus.BareLineFeed;
        line = input.Slice(0, length - 2);
        input = input.Slice(length);
        return LineStatus.Complete;
    }

    private LineStatus TooLong(ref ReadOnlySequence<byte> input, long drop)
    {
        skipping = true;
        skippedCr = Octet(input.Slice(drop - 1, 1)) == '\r';
        input = input.Slice(drop);
        return LineStatus.TooLong;
    }

    private LineStatus Skip(ref ReadOnlySequence<byte> input)
    {
        if (input.IsEmpty) return LineStatus.NeedMore;
        var feed = input.PositionOf((byte)'\n');
        if (feed is null)
        {
            skippedCr = Octet(input.Slice(input.Length - 1)) == '\r';
            input = input.Slice(input.End);
            return LineStatus.NeedMore;
        }
        var before = input.Slice(0, feed.Value).Length;
        var framed = before == 0 ? skippedCr : Octet(input.Slice(before - 1, 1)) == '\r';
        input = input.Slice(before + 1);
        if (!framed) return LineStatus.BareLineFeed;
        skipping = false;
        return LineStatus.TooLongEnded;
    }

    private static byte Octet(ReadOnlySequence<byte> one) => one.FirstSpan[0];
}
