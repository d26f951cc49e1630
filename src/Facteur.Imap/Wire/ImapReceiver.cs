using System.Buffers;

namespace Facteur.Imap;

internal enum ReceiveStatus
{
    /// <summary>All octets were looked at; more are needed.</summary>
    NeedMore,
    /// <summary>A line ends in a literal's head: <see cref="ImapReceiver.Literal"/>. Go on with <see cref="ImapReceiver.AcceptLiteral"/>, or not at all.</summary>
    NeedLiteral,
    /// <summary>The first <see cref="ImapReceiver.Length"/> octets are a command with its CRLF.</summary>
    Complete,
    /// <summary>A line or the command is longer than allowed: its frame is lost.</summary>
    TooLong,
}

/// <summary>
/// Finds the end of a command in octets that come in pieces, literals included. Keeps only numbers; looks at each octet
/// once. The buffer given must always start where the command does.
/// </summary>
/// <param name="maxLineOctets">Longest line, CRLF included.</param>
/// <param name="maxCommandOctets">Longest command with its literals.</param>
internal sealed class ImapReceiver(int maxLineOctets, int maxCommandOctets)
{
    private long lineStart;
    private long scanned;

    /// <summary>The literal that is awaited, after NeedLiteral.</summary>
    public LiteralHead Literal { get; private set; }

    /// <summary>After Complete, octets of the command with its CRLF; after NeedLiteral, up to where the literal starts.</summary>
    public long Length => scanned;

    /// <summary>Octets the command may still have.</summary>
    public long Room => maxCommandOctets - scanned;

    /// <summary>The command holds a literal whose octets came without being asked for.</summary>
    public bool HasNonSynchronizing { get; private set; }

    /// <summary>Forgets the command; the next buffer starts a new one.</summary>
    public void Reset()
    {
        lineStart = 0;
        scanned = 0;
        Literal = default;
        HasNonSynchronizing = false;
    }

    /// <summary>The literal belongs to the command: its octets are awaited with the rest.</summary>
    public void AcceptLiteral()
    {
        scanned += (long)Literal.Length;
        lineStart = scanned;
        HasNonSynchronizing |= Literal.IsNonSynchronizing;
    }

    public ReceiveStatus Receive(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < scanned) return ReceiveStatus.NeedMore; // inside a literal
        var unread = new SequenceReader<byte>(buffer.Slice(scanned));
        while (unread.TryAdvanceTo((byte)'\n', advancePastDelimiter: true))
        {
            var end = scanned + unread.Consumed;
            if (end - lineStart > maxLineOctets) return ReceiveStatus.TooLong;
            if (end - lineStart < 2 || !EndsWithReturn(buffer, end)) continue; // a bare LF ends no line (RFC 9051 §2.2)
            var start = lineStart;
            scanned = lineStart = end;
            return LiteralAtEnd(buffer, start, end - 2) ? ReceiveStatus.NeedLiteral : ReceiveStatus.Complete;
        }
        // A CR may be the first half of a CRLF; a line without end is given up once it is too long.
        scanned = buffer.Length;
        return scanned - lineStart > maxLineOctets ? ReceiveStatus.TooLong : ReceiveStatus.NeedMore;
    }

    private static bool EndsWithReturn(in ReadOnlySequence<byte> buffer, long end) => buffer.Slice(end - 2, 1).FirstSpan[0] == '\r';

    private bool LiteralAtEnd(in ReadOnlySequence<byte> buffer, long start, long end)
    {
        if (end == start || buffer.Slice(end - 1, 1).FirstSpan[0] != '}') return false;
        var length = (int)Math.Min(end - start, LiteralHead.MaxOctets + 8);
        Span<byte> tail = stackalloc byte[LiteralHead.MaxOctets + 8];
        buffer.Slice(end - length, length).CopyTo(tail);
        if (!LiteralHead.TryParseEnd(tail[..length], out var head)) return false;
        Literal = head;
        return true;
    }
}
