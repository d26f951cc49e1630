using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Net;

namespace Facteur.Sieve.Managing.Wire;

/// <summary>Answers; quoted or literal is chosen here alone. Nothing leaves before the connection is flushed.</summary>
internal sealed class ManageSieveWriter(MailConnection connection)
{
    private const int MaxQuoted = 1_024; // RFC 5804 §4 quoted

    /// <param name="code">Response code without parentheses (RFC 5804 §1.3), or null.</param>
    public void Ok(string? code, string text) => Status("OK"u8, code, text);

    public void Ok(string text) => Status("OK"u8, null, text);

    public void No(string? code, string text) => Status("NO"u8, code, text);

    /// <summary>The connection ends behind it.</summary>
    public void Bye(string? code, string text) => Status("BYE"u8, code, text);

    /// <summary>OK with what the client sent along (RFC 5804 §2.13).</summary>
    public void Tagged(string tag, string text)
    {
        Write("OK (TAG "u8);
        String(tag);
        Write(") "u8);
        String(text);
        EndLine();
    }

    /// <summary>A line of a capability: its name, and its value unless it has none.</summary>
    public void Capability(string name, string? value)
    {
        String(name);
        if (value is not null)
        {
            Write(" "u8);
            String(value);
        }
        EndLine();
    }

    /// <summary>A name in a listing.</summary>
    public void Listed(string name, bool isActive)
    {
        String(name);
        if (isActive) Write(" ACTIVE"u8);
        EndLine();
    }

    /// <summary>A string on a line of its own: a challenge.</summary>
    public void Line(string text)
    {
        String(text);
        EndLine();
    }

    /// <summary>A script.</summary>
    public void Literal(ReadOnlySpan<byte> octets)
    {
        Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{{octets.Length}}}\r\n")));
        Write(octets);
        EndLine();
    }

    private void Status(ReadOnlySpan<byte> status, string? code, string text)
    {
        Write(status);
        if (code is not null) Write(Encoding.ASCII.GetBytes($" ({code})"));
        if (text.Length > 0)
        {
            Write(" "u8);
            String(text);
        }
        EndLine();
    }

    private void String(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        if (octets.Length > MaxQuoted || octets.AsSpan().ContainsAny("\r\n\0"u8))
        {
            Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{{octets.Length}}}\r\n")));
            Write(octets);
            return;
        }
        Write("\""u8);
        Write(Encoding.UTF8.GetBytes(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)));
        Write("\""u8);
    }

    private void Write(ReadOnlySpan<byte> octets) => connection.Output.Write(octets);

    private void EndLine() => connection.Output.Write("\r\n"u8);
}
