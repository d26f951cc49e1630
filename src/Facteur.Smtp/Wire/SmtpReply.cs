using System.Text;

namespace Facteur.Smtp.Wire;

/// <summary>One answer as it goes out (RFC 5321 §4.2); fixed ones are encoded once.</summary>
internal sealed class SmtpReply
{
    // RFC 5321 §4.5.3.1.5: 512 octets with code and CRLF; "250-" and an enhanced code take up to 16.
    private const int MaxText = 480;

    private readonly byte[] octets;

    private SmtpReply(int code, byte[] octets)
    {
        Code = code;
        this.octets = octets;
    }

    public int Code { get; }
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>The first line without its CRLF, for logs.</summary>
    public string FirstLine => Encoding.ASCII.GetString(octets.AsSpan(0, octets.AsSpan().IndexOf((byte)'\r')));

    /// <summary>A reply of one line.</summary>
    /// <param name="enhanced">Enhanced code, or empty where none belongs: greeting, EHLO, 354, 334 (RFC 2034 §4).</param>
    public static SmtpReply Of(int code, string enhanced, string text) => OfLines(code, enhanced, [text]);

    /// <summary>A reply of several lines; each carries the enhanced code (RFC 2034 §4).</summary>
    public static SmtpReply OfLines(int code, string enhanced, IReadOnlyList<string> lines)
    {
        var all = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            all.Append(code).Append(i == lines.Count - 1 ? ' ' : '-');
            if (enhanced.Length > 0) all.Append(enhanced).Append(' ');
            AppendClean(all, lines[i]);
            all.Append("\r\n");
        }
        return new SmtpReply(code, Encoding.ASCII.GetBytes(all.ToString()));
    }

    public static SmtpReply Of(SmtpRefusal refusal) => OfLines(refusal.Code, refusal.EnhancedCode, refusal.Text.Split("\r\n"));

    // Whatever a text was made of, it cannot end a reply line or leave ASCII (RFC 5321 §4.2 "textstring").
    private static void AppendClean(StringBuilder to, string text)
    {
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxText)))
            to.Append(c is >= ' ' and < '\x7f' or '\t' ? c : '?');
    }
}
