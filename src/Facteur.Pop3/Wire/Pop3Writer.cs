using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Facteur.Net;
using Facteur.Pop3.Texts;

namespace Facteur.Pop3.Wire;

/// <summary>Answers of one line and challenges. Nothing leaves before the connection is flushed.</summary>
internal sealed class Pop3Writer(MailConnection connection)
{
    /// <summary>What people read, from here on (LANG, RFC 6856 §3.2).</summary>
    public Pop3Texts Language
    {
        get;
        set => (field, IsLanguageChosen) = (value, true);
    } = Pop3Texts.English;

    /// <summary>The client has said which language it wants.</summary>
    public bool IsLanguageChosen { get; private set; }

    public void Ok(Pop3Text text) => Write("+OK ", Language[text]);

    public void Ok(Pop3Text text, params ReadOnlySpan<object?> arguments) => Write("+OK ", Language.Format(text, arguments));

    /// <summary>An answer that is the same in all languages.</summary>
    public void Ok(string text) => Write("+OK ", text);

    /// <summary>"+OK" and two numbers.</summary>
    public void Ok(long first, long second)
    {
        var span = connection.Output.GetSpan(64);
        "+OK "u8.CopyTo(span);
        var length = Number(span, 4, first);
        span[length++] = (byte)' ';
        Advance(span, Number(span, length, second));
    }

    /// <param name="code">Extended response code (RFC 2449 §8), or null.</param>
    public void Error(string? code, string text) => Write(code is null ? "-ERR " : $"-ERR [{code}] ", text);

    /// <summary>One line of a listing; the caller knows that it begins with no dot.</summary>
    public void Line(string text) => Write("", text);

    /// <summary>The line that ends an answer of several (RFC 1939 §3).</summary>
    public void EndOfLines() => connection.Output.Write(".\r\n"u8);

    /// <summary>A challenge of a SASL exchange: "+", a space, base64 (RFC 5034 §4).</summary>
    public void Challenge(ReadOnlySpan<byte> octets) => Write("+ ", Convert.ToBase64String(octets));

    private void Write(string status, string text)
    {
        var span = connection.Output.GetSpan(status.Length + Encoding.UTF8.GetMaxByteCount(text.Length) + 2);
        var length = Encoding.ASCII.GetBytes(status, span);
        Advance(span, length + Encoding.UTF8.GetBytes(text, span[length..]));
    }

    private void Advance(Span<byte> span, int length)
    {
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        connection.Output.Advance(length);
    }

    private static int Number(Span<byte> span, int at, long value)
    {
        Utf8Formatter.TryFormat(value, span[at..], out var digits);
        return at + digits;
    }
}
