using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>
/// Reads the arguments of one whole command: its bytes without the CRLF that ends it, literals inline as
/// "{n}" CRLF and n octets. Takes nothing back: a Try method moves only when it answers true.
/// Grammar: RFC 9051 §9. What it cannot read throws <see cref="ImapSyntaxException"/>.
/// </summary>
/// <param name="utf8">The session enabled UTF8=ACCEPT or IMAP4rev2: mailbox names are UTF-8, not modified UTF-7 (RFC 6855 §3, RFC 9051 §5.1).</param>
internal ref partial struct ImapReader(ReadOnlySpan<byte> command, bool utf8)
{
    // ATOM-CHAR and ASTRING-CHAR, RFC 9051 §9: no atom-specials "(" ")" "{" SP CTL list-wildcards quoted-specials resp-specials.
    private static readonly SearchValues<byte> AtomChars = Printable("(){ %*\"\\]"u8);
    private static readonly SearchValues<byte> AStringChars = Printable("(){ %*\"\\"u8);
    private static readonly SearchValues<byte> ListChars = Printable("(){ \"\\"u8);

    private readonly ReadOnlySpan<byte> command = command;
    private int at;

    // tag = 1*<any ASTRING-CHAR except "+">
    private static readonly SearchValues<byte> TagChars = Printable("(){ %*\"\\+"u8);

    public readonly bool Utf8 => utf8;

    public readonly bool AtEnd => at >= command.Length;

    /// <summary>Octets from the start; for a message in an error, or to come back with <see cref="Rewind"/>.</summary>
    public readonly int Position => at;

    public void Rewind(int position) => at = position;

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => command[at..];

    /// <summary>The next octet; 0 at the end.</summary>
    public readonly byte Peek() => at < command.Length ? command[at] : (byte)0;

    public void Space() => Expect((byte)' ');

    public bool TrySpace() => TryByte((byte)' ');

    public readonly void End()
    {
        if (!AtEnd) throw new ImapSyntaxException("end of command expected");
    }

    public bool TryByte(byte value)
    {
        if (at >= command.Length || command[at] != value) return false;
        at++;
        return true;
    }

    public void Expect(byte value)
    {
        if (!TryByte(value)) throw new ImapSyntaxException(value == ' ' ? "space expected" : $"\"{(char)value}\" expected");
    }

    /// <summary>Takes octets as long as they are in <paramref name="allowed"/>; may be empty.</summary>
    public ReadOnlySpan<byte> TakeWhile(SearchValues<byte> allowed)
    {
        var rest = command[at..];
        var length = rest.IndexOfAnyExcept(allowed);
        if (length < 0) length = rest.Length;
        at += length;
        return rest[..length];
    }

    public ReadOnlySpan<byte> AtomBytes()
    {
        var atom = TakeWhile(AtomChars);
        if (atom.IsEmpty) throw new ImapSyntaxException("atom expected");
        return atom;
    }

    /// <summary>The tag; empty when there is none.</summary>
    public ReadOnlySpan<byte> Tag() => TakeWhile(TagChars);

    public string Atom() => Encoding.ASCII.GetString(AtomBytes());

    /// <summary>Takes the next atom when it is this word, in any case.</summary>
    public bool TryAtom(ReadOnlySpan<byte> word)
    {
        var start = at;
        if (Ascii.EqualsIgnoreCase(TakeWhile(AtomChars), word)) return true;
        at = start;
        return false;
    }

    /// <summary>Takes these octets, in any case, whatever follows.</summary>
    public bool TryPrefix(ReadOnlySpan<byte> prefix)
    {
        if (command.Length - at < prefix.Length || !Ascii.EqualsIgnoreCase(command.Slice(at, prefix.Length), prefix)) return false;
        at += prefix.Length;
        return true;
    }

    public uint Number()
    {
        var value = Number64();
        return value <= uint.MaxValue ? (uint)value : throw new ImapSyntaxException("number is too large");
    }

    public uint NonZeroNumber()
    {
        var value = Number();
        return value > 0 ? value : throw new ImapSyntaxException("number above zero expected");
    }

    /// <summary>number64 (RFC 9051 §9): 63 bits.</summary>
    public ulong Number64()
    {
        if (!Utf8Parser.TryParse(command[at..], out ulong value, out var taken) || command[at] is < (byte)'0' or > (byte)'9')
            throw new ImapSyntaxException("number expected");
        if (value > long.MaxValue) throw new ImapSyntaxException("number is too large");
        at += taken;
        return value;
    }

    /// <summary>mod-sequence-value or mod-sequence-valzer (RFC 7162 §7); 0 is accepted: iOS sends CHANGEDSINCE 0.</summary>
    public ModSeq ModSeqValue() => new((long)Number64());

    public SequenceSet SequenceSet()
    {
        if (TryByte((byte)'$')) return Imap.SequenceSet.Saved;
        var ranges = new List<(uint, uint)>(1);
        do
        {
            if (ranges.Count == Imap.SequenceSet.MaxRanges) throw new ImapSyntaxException("sequence set is too long");
            var first = SequenceNumber();
            ranges.Add((first, TryByte((byte)':') ? SequenceNumber() : first));
        }
        while (TryByte((byte)','));
        return new SequenceSet(ranges);
    }

    private uint SequenceNumber() => TryByte((byte)'*') ? Imap.SequenceSet.Star : NonZeroNumber();

    private static SearchValues<byte> Printable(ReadOnlySpan<byte> except)
    {
        var allowed = new List<byte>(95);
        for (byte b = 0x21; b < 0x7f; b++)
            if (!except.Contains(b)) allowed.Add(b);
        return SearchValues.Create(allowed.ToArray());
    }
}
