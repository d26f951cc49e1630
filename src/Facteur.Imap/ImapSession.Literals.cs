using System.Buffers;
using System.Text;
using Facteur.Net;

namespace Facteur.Imap;

/// <summary>Literals of commands, and the lines that AUTHENTICATE, IDLE and APPEND read themselves.</summary>
internal sealed partial class ImapSession
{
    // Octets of one literal before login: a user name or a password.
    private const ulong MaxLiteralBeforeLogin = 4096;

    /// <summary>A line of the command ends in a literal's head: a message of APPEND streams, any other is bounded and kept.</summary>
    private async ValueTask HandleLiteralAsync()
    {
        if (TakeAppend() is { } append)
        {
            await RunAppendAsync(append);
            return;
        }
        var head = receiver.Literal;
        var room = State == SessionStates.NotAuthenticated ? MaxLiteralBeforeLogin : (ulong)Math.Max(0, receiver.Room);
        if (head.Length > room)
        {
            RefuseLiteral(head);
            return;
        }
        receiver.AcceptLiteral();
        if (!head.IsNonSynchronizing) Continue("go on");
    }

    /// <summary>"+ text": the client may go on (RFC 9051 §7.6).</summary>
    public void Continue(ReadOnlySpan<char> text)
    {
        Writer.Raw("+ "u8);
        Writer.Raw(text);
        Writer.EndLine();
    }

    // After a synchronising head the client waits and reads the BAD; after the other its octets are on the way and
    // would be read as commands: the connection ends (RFC 7888 §4).
    private void RefuseLiteral(LiteralHead head)
    {
        var buffer = Connection.Buffer;
        var end = buffer.GetPosition(receiver.Length);
        var tag = TagOf(buffer.Slice(0, receiver.Length));
        Connection.Advance(end, end);
        receiver.Reset();
        if (!head.IsNonSynchronizing)
        {
            Refuse(tag, new ImapSyntaxException("the literal is too large"));
            return;
        }
        Writer.Raw(tag);
        Writer.Raw(" BAD the literal is too large\r\n"u8);
        throw Bye(EndReason.ProtocolViolation, "the literal is too large");
    }

    private static string TagOf(in ReadOnlySequence<byte> command)
    {
        Span<byte> start = stackalloc byte[MaxTagOctets + 1];
        var length = (int)Math.Min(command.Length, start.Length);
        command.Slice(0, length).CopyTo(start);
        var reader = new ImapReader(start[..length], utf8: false);
        var tag = reader.Tag();
        return tag.Length > 0 && reader.TrySpace() ? Encoding.ASCII.GetString(tag) : "*";
    }

    /// <summary>Reads one line, CRLF taken off, of at most <paramref name="maxOctets"/>; a longer one ends the session.</summary>
    public async ValueTask<byte[]> ReadLineAsync(int maxOctets, TimeSpan timeout)
    {
        while (true)
        {
            if (TryTakeLine(maxOctets) is { } line) return line;
            await ReadMoreAsync(timeout);
        }
    }

    /// <summary>A line that is already in the buffer; null when it is not whole yet (all was examined then).</summary>
    private byte[]? TryTakeLine(int maxOctets)
    {
        var buffer = Connection.Buffer;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            if (buffer.Length > maxOctets) throw LineTooLong();
            Connection.Advance(buffer.Start, buffer.End);
            return null;
        }
        if (line.Length > maxOctets) throw LineTooLong();
        var bytes = line.ToArray();
        Connection.Advance(reader.Position, reader.Position);
        return bytes;
    }

    private ImapEndedException LineTooLong()
    {
        if (CurrentTag is { } tag)
        {
            Writer.Raw(tag);
            Writer.Raw(" BAD the line is too long\r\n"u8);
        }
        return Bye(EndReason.ProtocolViolation, "the line is too long");
    }
}
