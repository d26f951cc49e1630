using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Words of MIME fields as lower-case strings; those seen every day cost no allocation.</summary>
internal static class MimeToken
{
    /// <summary>tspecials, white space and controls end a token (RFC 2045 §5.1).</summary>
    public static readonly SearchValues<byte> End = SearchValues.Create(" \t\r\n()<>@,;:\\\"/[]?="u8);

    private static readonly string[][] Known = ByLength(
        "text", "plain", "html", "calendar", "multipart", "mixed", "alternative", "related", "report", "signed", "encrypted", "digest",
        "message", "rfc822", "global", "delivery-status", "disposition-notification", "application", "octet-stream", "pdf", "zip",
        "pgp-signature", "pkcs7-signature", "pkcs7-mime", "msword", "image", "png", "jpeg", "gif", "audio", "video", "mp4", "mpeg",
        "charset", "boundary", "name", "filename", "format", "delsp", "type", "start", "size", "protocol", "micalg", "report-type", "method",
        "inline", "attachment", "utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252",
        "7bit", "8bit", "binary", "base64", "quoted-printable");

    /// <summary>Octets as a lower-case string, one character each.</summary>
    public static string Lower(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Known.Length)
        {
            foreach (var known in Known[octets.Length])
                if (Ascii.EqualsIgnoreCase(octets, known)) return known;
        }
        return string.Create(octets.Length, octets, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var octet = source[i];
                target[i] = (char)(octet is >= (byte)'A' and <= (byte)'Z' ? octet | 0x20 : octet);
            }
        });
    }

    /// <summary>Passes over white space, line breaks and comments (RFC 5322 §3.2.2), from <paramref name="at"/> on.</summary>
    public static int SkipBlank(ReadOnlySpan<byte> value, int at)
    {
        var depth = 0;
        for (; at < value.Length; at++)
        {
            switch (value[at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    continue;
                case (byte)'(':
                    depth++;
                    continue;
                case (byte)')' when depth > 0:
                    depth--;
                    continue;
                case (byte)'\\' when depth > 0:
                    at++;
                    continue;
                default:
                    if (depth > 0) continue;
                    return at;
            }
        }
        return Math.Min(at, value.Length);
    }

    /// <summary>The token at <paramref name="at"/>, perhaps empty; <paramref name="at"/> moves past it.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> value, scoped ref int at)
    {
        var rest = value[at..];
        var length = rest.IndexOfAny(End);
        if (length < 0) length = rest.Length;
        at += length;
        return rest[..length];
    }

    private static string[][] ByLength(params string[] words) =>
        [.. Enumerable.Range(0, words.Max(word => word.Length) + 1).Select(length => words.Where(word => word.Length == length).ToArray())];
}
