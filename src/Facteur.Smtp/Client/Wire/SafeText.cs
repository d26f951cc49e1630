using System.Text;

namespace Facteur.Smtp.Client.Wire;

/// <summary>Makes what a peer sent safe for a log line, a terminal and a report: one line of ASCII (RFC 3464 §2.1.1: fields of a report are ASCII).</summary>
internal static class SafeText
{
    public static string Of(ReadOnlySpan<byte> octets)
    {
        octets = octets.TrimEnd(" \t"u8);
        if (!octets.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return Encoding.ASCII.GetString(octets);
        return string.Create(octets.Length, octets, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= (byte)' ' and <= (byte)'~' ? (char)from[i] : from[i] == '\t' ? ' ' : '?';
        });
    }

    /// <summary>The same for words of an exception: one line, bounded.</summary>
    public static string Of(string text)
    {
        var bounded = text.AsSpan(0, Math.Min(text.Length, 300));
        return string.Create(bounded.Length, bounded, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= ' ' and <= '~' ? from[i] : from[i] is '\n' or '\r' or '\t' ? ' ' : '?';
        });
    }
}
