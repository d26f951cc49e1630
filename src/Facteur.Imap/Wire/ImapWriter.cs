using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Facteur.Mail;

namespace Facteur.Imap;

/// <summary>
/// Writes answers. Nothing is sent before <see cref="FlushAsync"/>, which the session calls once per batch of commands;
/// what writes much calls <see cref="FlushIfFullAsync"/> between items. Whether a string is quoted or a literal is decided here and nowhere else.
/// </summary>
/// <param name="output">Where octets go.</param>
/// <param name="flush">Sends them; false when the client is gone or does not read.</param>
internal sealed class ImapWriter(PipeWriter output, Func<ValueTask<bool>> flush) : IBufferWriter<byte>
{
    /// <summary>Octets that may wait before a batch is cut: two pipe segments' worth keeps a session small.</summary>
    private const int FullOctets = 16 * 1024;

    // Longer strings are literals; some clients read lines into a fixed buffer.
    private const int MaxQuotedOctets = 1000;

    // QUOTED-CHAR is any TEXT-CHAR but quoted-specials, which are escaped (RFC 9051 §9); NUL, CR and LF are none.
    private static readonly SearchValues<byte> NotQuoted = SearchValues.Create(
        [0, (byte)'\r', (byte)'\n', .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)]);
    private static readonly SearchValues<byte> NotQuotedUtf8 = SearchValues.Create([0, (byte)'\r', (byte)'\n']);

    private int pending;

    /// <summary>The session enabled UTF8=ACCEPT or IMAP4rev2: quoted strings may hold UTF-8, mailbox names are UTF-8.</summary>
    public bool Utf8 { get; set; }

    /// <summary>Octets written since the last flush.</summary>
    public int Pending => pending;

    /// <summary><see cref="FlushIfFullAsync"/> would send.</summary>
    public bool IsFull => pending >= FullOctets;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        pending += bytes.Length;
    }

    /// <summary>Writes text known to be ASCII, or text of a human line.</summary>
    public void Raw(ReadOnlySpan<char> text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Advance(Encoding.UTF8.GetBytes(text, span));
    }

    public void Space() => Raw(" "u8);

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var length);
        Advance(length);
    }

    public void Nil() => Raw("NIL"u8);

    /// <summary>"* ", with which every untagged response starts (RFC 9051 §2.2.2).</summary>
    public void BeginUntagged() => Raw("* "u8);

    public void EndLine() => Raw("\r\n"u8);

    /// <summary>A whole untagged line of ready octets.</summary>
    public void UntaggedLine(ReadOnlySpan<byte> rest)
    {
        BeginUntagged();
        Raw(rest);
        EndLine();
    }

    /// <summary>An untagged line "* n NAME".</summary>
    public void UntaggedNumber(long number, ReadOnlySpan<byte> name)
    {
        BeginUntagged();
        Number(number);
        Space();
        Raw(name);
        EndLine();
    }

    /// <summary>string: quoted when it can be, else a literal.</summary>
    public void QuotedOrLiteral(ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxQuotedOctets || value.ContainsAny(Utf8 ? NotQuotedUtf8 : NotQuoted) || Utf8 && !System.Text.Unicode.Utf8.IsValid(value))
        {
            BeginLiteral(value.Length);
            Raw(value);
            return;
        }
        Raw("\""u8);
        while (value.IndexOfAny((byte)'"', (byte)'\\') is var special and >= 0)
        {
            Raw(value[..special]);
            Raw("\\"u8);
            Raw(value.Slice(special, 1));
            value = value[(special + 1)..];
        }
        Raw(value);
        Raw("\""u8);
    }

    public void QuotedOrLiteral(string value)
    {
        if (value.Length > 256)
        {
            QuotedOrLiteral(Encoding.UTF8.GetBytes(value));
            return;
        }
        Span<byte> octets = stackalloc byte[value.Length * 3];
        QuotedOrLiteral(octets[..Encoding.UTF8.GetBytes(value, octets)]);
    }

    /// <summary>nstring: NIL for null.</summary>
    public void NString(string? value)
    {
        if (value is null) Nil();
        else QuotedOrLiteral(value);
    }

    /// <summary>A mailbox name in the form of the session, always quoted: Evolution wants names exactly as it knows them (CLIENTS 28).</summary>
    public void Mailbox(string name) => QuotedOrLiteral(MailboxName.Encode(name, Utf8));

    /// <summary>INTERNALDATE as a quoted date-time (RFC 9051 §9).</summary>
    public void DateTime(DateTimeOffset value)
    {
        var span = output.GetSpan(32);
        value.TryFormat(span, out var length, "'\"'dd-MMM-yyyy HH:mm:ss ", CultureInfo.InvariantCulture);
        var minutes = (int)value.Offset.TotalMinutes;
        span[length++] = (byte)(minutes < 0 ? '-' : '+');
        minutes = Math.Abs(minutes);
        foreach (var digit in (ReadOnlySpan<int>)[minutes / 600, minutes / 60 % 10, minutes % 60 / 10, minutes % 10]) span[length++] = (byte)('0' + digit);
        span[length++] = (byte)'"';
        Advance(length);
    }

    /// <summary>"{n}" CRLF; exactly <paramref name="length"/> octets must follow.</summary>
    public void BeginLiteral(long length)
    {
        Raw("{"u8);
        Number(length);
        Raw("}\r\n"u8);
    }

    /// <summary>"~{n}" CRLF of a literal8 (RFC 3516 §4.2, RFC 9051 §9).</summary>
    public void BeginLiteral8(long length)
    {
        Raw("~"u8);
        BeginLiteral(length);
    }

    /// <summary>Copies octets of a message, sending as it goes. A body that ends early ends the session: the announced length cannot be taken back.</summary>
    /// <param name="isLiteral8">Octets go as they are. In a plain literal NUL cannot stand (RFC 9051 §9 CHAR8): it goes as 0x80, so that sizes stay right.</param>
    public async ValueTask CopyAsync(IMessageSource source, long offset, long length, bool isLiteral8, CancellationToken cancel)
    {
        while (length > 0)
        {
            var memory = output.GetMemory((int)Math.Min(length, FullOctets));
            if (memory.Length > length) memory = memory[..(int)length];
            if (memory.Length > FullOctets) memory = memory[..FullOctets];
            var read = await source.ReadAsync(offset, memory, cancel);
            if (read <= 0) throw new ImapEndedException(Net.EndReason.ServerFault);
            if (!isLiteral8) memory.Span[..read].Replace((byte)0, (byte)0x80);
            Advance(read);
            offset += read;
            length -= read;
            await FlushIfFullAsync();
        }
    }

    /// <summary>Space to write into directly; follow with <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public void Advance(int count)
    {
        output.Advance(count);
        pending += count;
    }

    /// <summary>Sends when much is waiting; call it between items of a long answer.</summary>
    public ValueTask FlushIfFullAsync() => pending < FullOctets ? ValueTask.CompletedTask : FlushAsync();

    /// <summary>Sends what was written. Throws <see cref="ImapEndedException"/> when the client is gone or does not read.</summary>
    public async ValueTask FlushAsync()
    {
        pending = 0;
        if (!await flush()) throw new ImapEndedException(Net.EndReason.SlowReader);
    }
}
