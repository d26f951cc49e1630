using System.Buffers;

namespace Facteur.Sieve.Managing.Wire;

internal enum ReceiveStatus
{
    /// <summary>All octets were looked at; more are needed.</summary>
    NeedMore,
    /// <summary>The first <see cref="ManageSieveReceiver.Length"/> octets are a command with its CRLF.</summary>
    Complete,
    /// <summary>A literal is longer than any may be. Its octets, and the rest of the command, may be read past.</summary>
    LiteralTooLong,
    /// <summary>A line or the command is longer than allowed: its frame is lost.</summary>
    TooLong,
}

/// <summary>
/// Finds the end of a command in octets that come in pieces, literals included. Keeps only numbers; looks at each octet once. The buffer given must
/// always start where the command does.
/// </summary>
/// <param name="maxLineOctets">Longest line, CRLF included.</param>
/// <param name="maxCommandOctets">Longest command with its literals.</param>
internal sealed class ManageSieveReceiver(int maxLineOctets, int maxCommandOctets)
{
    private long lineStart;
    private long scanned;

    /// <summary>Longest command with its literals; more once the client has logged in.</summary>
    public int MaxCommandOctets { get; set; } = maxCommandOctets;

    /// <summary>Octets of the command with its CRLF, after Complete; up to where the literal starts, after LiteralTooLong.</summary>
    public long Length => scanned;

    /// <summary>Octets of the literal that is too long.</summary>
    public uint Literal { get; private set; }

    /// <summary>Forgets the command; the next buffer starts a new one.</summary>
    public void Reset() => lineStart = scanned = 0;

    public ReceiveStatus Receive(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < scanned) return ReceiveStatus.NeedMore; // inside a literal
        var unread = new SequenceReader<byte>(buffer.Slice(scanned));
        while (unread.TryAdvanceTo((byte)'\n', advancePastDelimiter: true))
        {
            var start = scanned;
            var end = start + unread.Consumed;
            if (end - lineStart > maxLineOctets || end > MaxCommandOctets) return ReceiveStatus.TooLong;
            if (end - lineStart < 2 || buffer.Slice(end - 2, 1).FirstSpan[0] != '\r') continue; // a bare LF ends no line
            if (!LiteralAtEnd(buffer, lineStart, end - 2, out var literal))
            {
                scanned = end;
                return ReceiveStatus.Complete;
            }
            scanned = lineStart = end;
            if (literal > MaxCommandOctets - end)
            {
                Literal = literal;
                return ReceiveStatus.LiteralTooLong;
            }
            scanned = lineStart = end + literal;
            if (buffer.Length < scanned) return ReceiveStatus.NeedMore;
            unread = new SequenceReader<byte>(buffer.Slice(scanned));
        }
        // A CR may be the first half of a CRLF; a line without end is given up once it is too long.
        return buffer.Length - lineStart > maxLineOctets ? ReceiveStatus.TooLong : ReceiveStatus.NeedMore;
    }

    private static bool LiteralAtEnd(in ReadOnlySequence<byte> buffer, long start, long end, out uint literal)
    {
        literal = 0;
        var length = (int)Math.Min(end - start, ScriptLiteral.MaxOctets);
        if (length == 0) return false;
        Span<byte> tail = stackalloc byte[ScriptLiteral.MaxOctets];
        buffer.Slice(end - length, length).CopyTo(tail);
        return ScriptLiteral.TryParseEnd(tail[..length], out literal);
    }
}
