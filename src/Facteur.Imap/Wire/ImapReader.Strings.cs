using System.Buffers;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap;

internal ref partial struct ImapReader
{
    /// <summary>A flag list in parentheses (RFC 9051 §9 "flag-list"). \Recent belongs to the server and is passed over (RFC 3501 §2.3.2).</summary>
    public FlagSet FlagList()
    {
        Expect((byte)'(');
        var flags = new FlagCollector();
        if (TryByte((byte)')')) return flags.ToFlagSet();
        do Flag(ref flags); while (TrySpace());
        Expect((byte)')');
        return flags.ToFlagSet();
    }

    /// <summary>Flags with or without parentheses, as STORE takes them.</summary>
    public FlagSet Flags()
    {
        if (Peek() == '(') return FlagList();
        var flags = new FlagCollector();
        do Flag(ref flags); while (TrySpace());
        return flags.ToFlagSet();
    }

    private void Flag(ref FlagCollector flags)
    {
        var system = TryByte((byte)'\\');
        flags.Add(Atom(), system);
    }

    /// <summary>astring: atom, quoted string or literal, as text. Octets that are not UTF-8 are refused.</summary>
    public string AString() => Text(AStringBytes());

    public ReadOnlySpan<byte> AStringBytes()
    {
        if (Peek() is (byte)'"' or (byte)'{') return StringBytes();
        var atom = TakeWhile(AStringChars);
        if (atom.IsEmpty) throw new ImapSyntaxException("string expected");
        return atom;
    }

    /// <summary>string: quoted or literal.</summary>
    public ReadOnlySpan<byte> StringBytes() => Peek() switch
    {
        (byte)'"' => Quoted(),
        (byte)'{' => Literal(),
        _ => throw new ImapSyntaxException("string expected"),
    };

    /// <summary>nstring: NIL or a string.</summary>
    public string? NString() => Peek() is not ((byte)'"' or (byte)'{') && TryAtom("NIL"u8) ? null : Text(StringBytes());

    /// <summary>NIL, a string or a literal8 (RFC 5464 §5 "value"): octets as they are; null for NIL.</summary>
    public byte[]? ValueOrNil()
    {
        if (Peek() == '~') return Literal(mayBeBinary: true).ToArray();
        if (Peek() is (byte)'"' or (byte)'{') return StringBytes().ToArray();
        return TryAtom("NIL"u8) ? null : throw new ImapSyntaxException("string or NIL expected");
    }

    /// <summary>A mailbox name, decoded; "INBOX" in any case is "INBOX" (RFC 9051 §5.1). Names not in the form of the session are refused.</summary>
    public string Mailbox() => MailboxName.Decode(AStringBytes(), Utf8);

    /// <summary>list-mailbox: a pattern of LIST, decoded, with its wildcards.</summary>
    public string ListMailbox()
    {
        if (Peek() is (byte)'"' or (byte)'{') return MailboxName.DecodePattern(StringBytes(), Utf8);
        var pattern = TakeWhile(ListChars);
        if (pattern.IsEmpty) throw new ImapSyntaxException("mailbox pattern expected");
        return MailboxName.DecodePattern(pattern, Utf8);
    }

    private ReadOnlySpan<byte> Quoted()
    {
        at++;
        var rest = command[at..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && rest[end] == '"')
        {
            at += end + 1;
            return Checked(rest[..end]);
        }
        return Checked(QuotedWithEscapes());
    }

    // quoted-specials are escaped by "\" (RFC 9051 §9); other escaped characters are taken as they are.
    private byte[] QuotedWithEscapes()
    {
        var text = new ArrayBufferWriter<byte>(64);
        while (at < command.Length)
        {
            var b = command[at++];
            if (b == '"') return text.WrittenSpan.ToArray();
            if (b == '\\')
            {
                if (at >= command.Length) break;
                b = command[at++];
            }
            text.GetSpan(1)[0] = b;
            text.Advance(1);
        }
        throw new ImapSyntaxException("closing quote expected");
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> quoted) =>
        quoted.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0 ? quoted : throw new ImapSyntaxException("a quoted string is one line without NUL");

    private ReadOnlySpan<byte> Literal(bool mayBeBinary = false)
    {
        var head = LiteralHead();
        if (head.IsBinary && !mayBeBinary) throw new ImapSyntaxException("literal8 is not allowed here");
        if (head.Length > (ulong)(command.Length - at)) throw new ImapSyntaxException("literal expected");
        var bytes = command.Slice(at, (int)head.Length);
        at += (int)head.Length;
        // CHAR8 is 1 to 255 (RFC 9051 §9 "literal").
        return !head.IsBinary && bytes.Contains((byte)0) ? throw new ImapSyntaxException("NUL is not allowed in a literal") : bytes;
    }

    /// <summary>"{n}", "{n+}" or "~{n}" with its CRLF; the octets that follow are not taken.</summary>
    public LiteralHead LiteralHead()
    {
        var line = command[at..].IndexOf("\r\n"u8);
        if (line < 0 || !Imap.LiteralHead.TryParse(command.Slice(at, line), out var head, out var length) || length != line)
            throw new ImapSyntaxException("literal expected");
        at += line + 2;
        return head;
    }

    private static string Text(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new ImapSyntaxException("text is not UTF-8");
}
