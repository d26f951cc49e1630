using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Facteur.Jmap.Blob;

/// <summary>Type and file name of a download, as far as the client may choose them.</summary>
internal static class DownloadNames
{
    private const int MaxNameOctets = 255;
    private const int MaxNameCharacters = 1000;
    private const string Unnamed = "download";

    // attr-char, RFC 8187 §3.2.1.
    private static readonly SearchValues<byte> plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~"u8);

    // What a path, a shell or a header field would take for something else.
    private static readonly SearchValues<char> unsafeInNames = SearchValues.Create("/\\:*?\"<>|%;");

    /// <summary>The media type that is asked for, with its charset and no other parameter; octets when it is none.</summary>
    public static string TypeOf(string? asked)
    {
        if (!MediaTypeHeaderValue.TryParse(asked, out var type) || type.MediaType.Length > 255 || type.Type == "*" || type.SubType == "*") return UploadEndpoint.UnknownType;
        var charset = type.Charset.ToString().Trim('"');
        return charset.Length is > 0 and <= 40 && charset.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"{type.MediaType}; charset={charset}" : type.MediaType.ToString();
    }

    /// <summary>Content-Disposition with the name (RFC 6266 §4.3): in ASCII for all, and as it is in UTF-8 (RFC 8187 §3.2).</summary>
    public static string DispositionOf(string? name)
    {
        var file = FileName(name);
        var ascii = string.Concat(file.Select(c => c is >= ' ' and <= '~' ? c : '_'));
        return ascii == file ? $"attachment; filename=\"{ascii}\"" : $"attachment; filename=\"{ascii}\"; filename*=UTF-8''{Encode(file)}";
    }

    /// <summary>A name and nothing of a path: programs that save the file take it as it is.</summary>
    private static string FileName(string? name)
    {
        // Slashes within a segment of a path stay encoded.
        var file = new StringBuilder();
        foreach (var rune in Begin(name ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator) continue;
            if (rune.IsBmp && unsafeInNames.Contains((char)rune.Value)) file.Append('_');
            else file.Append(rune.ToString());
        }
        var text = file.ToString().Trim(' ', '.');
        while (Encoding.UTF8.GetByteCount(text) > MaxNameOctets) text = Shorter(text);
        return text.Length == 0 ? Unnamed : text;
    }

    // No name of a file is as long; the rest only costs time.
    private static string Begin(string name) => name.Length <= MaxNameCharacters ? name : name[..MaxNameCharacters];

    /// <summary>Cut before the extension, which says what it is.</summary>
    private static string Shorter(string text)
    {
        var dot = text.LastIndexOf('.');
        var at = dot > 0 && text.Length - dot <= 16 ? dot : text.Length;
        var cut = at > 1 && char.IsLowSurrogate(text[at - 1]) ? 2 : 1;
        return at <= cut ? text[..^cut] : text.Remove(at - cut, cut);
    }

    private static string Encode(string file)
    {
        var encoded = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(file))
        {
            if (plain.Contains(octet)) encoded.Append((char)octet);
            else encoded.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }
}
