using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Facteur.Net;

namespace Facteur.Pop3.Wire;

/// <summary>Answers of one line, listings and challenges. Nothing leaves before the connection is flushed.</summary>
internal sealed class Pop3Writer(MailConnection connection)
{
    public void Ok(string text) => Write("+OK ", text);

    /// <param name="code">Extended response code (RFC 2449 §8), or null.</param>
    public void Error(string? code, string text) => Write(code is null ? "-ERR " : $"-ERR [{code}] ", text);

    /// <summary>One line of a listing; the caller knows that it begins with no dot.</summary>
    public void Line(string text) => Write("", text);

    /// <summary>One line "number value" of LIST.</summary>
    public void Listing(int number, long value)
    {
        var span = connection.Output.GetSpan(32);
        Utf8Formatter.TryFormat(number, span, out var length);
        span[length++] = (byte)' ';
        Utf8Formatter.TryFormat(value, span[length..], out var digits);
        length += digits;
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        connection.Output.Advance(length);
    }

    /// <summary>The line that ends an answer of several (RFC 1939 §3).</summary>
    public void EndOfLines() => connection.Output.Write(".\r\n"u8);

    /// <summary>A challenge of a SASL exchange: "+", a space, base64 (RFC 5034 §4).</summary>
    public void Challenge(ReadOnlySpan<byte> octets) => Write("+ ", Convert.ToBase64String(octets));

    private void Write(string status, string text)
    {
        var output = connection.Output;
        var span = output.GetSpan(status.Length + Encoding.UTF8.GetMaxByteCount(text.Length) + 2);
        var length = Encoding.ASCII.GetBytes(status, span);
        length += Encoding.UTF8.GetBytes(text, span[length..]);
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        output.Advance(length);
    }
}
