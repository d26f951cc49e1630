using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;

namespace Facteur.Mail;

/// <summary>The encodings behind charset names as they are met in the wild. Never throws; bytes that fit nothing become U+FFFD.</summary>
/// <remarks>
/// Without a name, with "us-ascii" (RFC 2045 §5.2) or with a name nobody knows, text is <see cref="Unlabelled"/>: what claims to be
/// ASCII and has eight-bit octets is UTF-8 today and was windows-1252 before. Latin-1 names answer windows-1252 and the other ISO names
/// their Windows superset where one exists, because senders write "iso-8859-1" and send curly quotes and the euro sign.
/// UTF-7 is refused (it hides markup from filters) and read as unlabelled text.
/// </remarks>
public static class Charsets
{
    private const int MaxNameLength = 64;

    // Code pages that System.Text.Encoding knows by another name, or by none; and names that mean more than they say.
    private static readonly FrozenDictionary<string, int> Aliases = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = 65001, ["utf-8"] = 65001, ["unicode-1-1-utf-8"] = 65001, ["utf-8-mac"] = 65001, ["utf8mb4"] = 65001, ["cp65001"] = 65001,
        ["utf-16"] = 1201, ["utf-16be"] = 1201, ["utf-16le"] = 1200, ["ucs-2"] = 1201, ["iso-10646-ucs-2"] = 1201, ["unicode"] = 1200,
        ["utf-32"] = 12001, ["utf-32be"] = 12001, ["utf-32le"] = 12000, ["ucs-4"] = 12001,
        ["iso-8859-1"] = 1252, ["iso8859-1"] = 1252, ["iso_8859-1"] = 1252, ["latin1"] = 1252, ["latin-1"] = 1252, ["l1"] = 1252,
        ["iso88591"] = 1252, ["cp819"] = 1252, ["ibm819"] = 1252, ["cp1252"] = 1252, ["windows1252"] = 1252, ["x-ansi"] = 1252, ["ansi"] = 1252,
        ["iso-8859-2"] = 28592, ["iso8859-2"] = 28592, ["latin2"] = 28592, ["iso-8859-3"] = 28593, ["iso-8859-4"] = 28594,
        ["iso-8859-5"] = 28595, ["iso-8859-6"] = 28596, ["iso-8859-7"] = 28597, ["iso-8859-8"] = 28598, ["iso-8859-8-i"] = 28598, ["iso-8859-8-e"] = 28598,
        ["iso-8859-9"] = 1254, ["latin5"] = 1254, ["iso-8859-11"] = 874, ["tis-620"] = 874, ["tis620"] = 874, ["cp874"] = 874,
        ["iso-8859-13"] = 28603, ["iso-8859-15"] = 28605, ["iso8859-15"] = 28605, ["latin9"] = 28605, ["latin-9"] = 28605, ["iso-8859-15-euro"] = 28605,
        ["shift_jis"] = 932, ["shift-jis"] = 932, ["sjis"] = 932, ["x-sjis"] = 932, ["cp932"] = 932, ["ms932"] = 932, ["ms_kanji"] = 932, ["windows-31j"] = 932, ["windows-932"] = 932,
        ["iso-2022-jp"] = 50220, ["iso-2022-jp-1"] = 50220, ["iso-2022-jp-2"] = 50220, ["iso-2022-jp-3"] = 50220, ["iso-2022-jp-ms"] = 50220, ["cp50220"] = 50220, ["cp50221"] = 50221, ["csiso2022jp"] = 50220,
        ["euc-jp"] = 51932, ["eucjp"] = 51932, ["x-euc-jp"] = 51932, ["eucjp-ms"] = 51932, ["ujis"] = 51932,
        ["euc-kr"] = 949, ["euckr"] = 949, ["ks_c_5601"] = 949, ["ks_c_5601-1987"] = 949, ["ks_c_5601-1989"] = 949, ["ksc5601"] = 949, ["ksc_5601"] = 949, ["korean"] = 949, ["uhc"] = 949, ["cp949"] = 949, ["windows-949"] = 949, ["iso-2022-kr"] = 50225,
        ["gb2312"] = 54936, ["gb_2312-80"] = 54936, ["gb-2312"] = 54936, ["x-gbk"] = 54936, ["gbk"] = 54936, ["cp936"] = 54936, ["ms936"] = 54936, ["windows-936"] = 54936, ["euc-cn"] = 54936, ["x-euc-cn"] = 54936, ["chinese"] = 54936, ["gb18030"] = 54936, ["hz-gb-2312"] = 52936, ["hz"] = 52936,
        ["big5"] = 950, ["big-5"] = 950, ["big5-hkscs"] = 950, ["cn-big5"] = 950, ["x-x-big5"] = 950, ["cp950"] = 950, ["windows-950"] = 950, ["big5-eten"] = 950,
        ["koi8-r"] = 20866, ["koi8r"] = 20866, ["koi8"] = 20866, ["cskoi8r"] = 20866, ["koi8-u"] = 21866, ["koi8-ru"] = 21866,
        ["macintosh"] = 10000, ["mac"] = 10000, ["macroman"] = 10000, ["x-mac-roman"] = 10000, ["x-mac-cyrillic"] = 10007, ["x-mac-greek"] = 10006, ["x-mac-turkish"] = 10081, ["x-mac-ce"] = 10029,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> AsciiNames = new[]
    {
        "", "us-ascii", "ascii", "usascii", "us", "ansi_x3.4-1968", "ansi_x3.4-1986", "iso-ir-6", "iso646-us", "iso_646.irv:1991", "ibm367", "cp367", "csascii",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Names seen that are not in the table. Bounded: a sender chooses them.
    private static readonly ConcurrentDictionary<string, Encoding> Seen = new(StringComparer.OrdinalIgnoreCase);
    private const int MaxSeen = 256;

    internal static Encoding Windows1252 { get; } = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Octets without a trustworthy label: UTF-8 where they are valid UTF-8, windows-1252 where they are not. Encodes to UTF-8.</summary>
    public static Encoding Unlabelled { get; } = MakeUnlabelled();

    internal static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The encoding for a charset name; <see cref="Unlabelled"/> for none, an unknown one, US-ASCII and UTF-7.</summary>
    public static Encoding Get(string? name)
    {
        if (name is null)
            return Unlabelled;
        var trimmed = name.AsSpan().Trim(" \t\"'");
        var star = trimmed.IndexOf('*'); // a language suffix, RFC 2231 §5
        if (star >= 0)
            trimmed = trimmed[..star];
        if (trimmed.IsEmpty || trimmed.Length > MaxNameLength)
            return Unlabelled;
        if (trimmed.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return Utf8;
        if (Aliases.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(trimmed, out var page))
            return FromCodePage(page);
        if (Seen.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(trimmed, out var known))
            return known;
        var text = trimmed.ToString();
        var found = LookUp(text);
        if (Seen.Count < MaxSeen)
            Seen.TryAdd(text, found);
        return found;
    }

    /// <summary>False for a name that <see cref="Get(string?)"/> can only guess about, UTF-7 among them. No name, and US-ASCII, are known.</summary>
    public static bool IsKnown(string? name)
    {
        if (name is null || !ReferenceEquals(Get(name), Unlabelled))
            return true;
        var trimmed = name.AsSpan().Trim(" \t\"'");
        var star = trimmed.IndexOf('*');
        return AsciiNames.GetAlternateLookup<ReadOnlySpan<char>>().Contains(star < 0 ? trimmed : trimmed[..star]);
    }

    /// <summary>The encoding for a charset name given as octets.</summary>
    internal static Encoding Get(ReadOnlySpan<byte> name) =>
        name.Length > MaxNameLength * 2 ? Unlabelled : Get(Encoding.Latin1.GetString(name));

    private static Encoding LookUp(string name)
    {
        // "cp1250", "windows1250", "x-cp1250", "ibm850": the number is the code page.
        var digits = name.AsSpan().TrimStart("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
        if (digits.Length < name.Length && int.TryParse(digits, out var number) && number is (>= 37 and <= 1149) or (>= 1250 and <= 1258)
            && (name.Contains("cp", StringComparison.OrdinalIgnoreCase) || name.StartsWith("win", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ibm", StringComparison.OrdinalIgnoreCase)))
            return FromCodePage(number);
        try
        {
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name);
            return encoding is null || encoding.CodePage is 65000 or 20127 ? Unlabelled : encoding;
        }
        catch (ArgumentException)
        {
            return Unlabelled;
        }
        catch (NotSupportedException)
        {
            return Unlabelled;
        }
    }

    private static Encoding FromCodePage(int page) => page switch
    {
        65001 => Utf8,
        1252 => Windows1252,
        1200 => Encoding.Unicode,
        1201 => Encoding.BigEndianUnicode,
        12000 => Encoding.UTF32,
        12001 => BigEndianUtf32,
        _ => CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Unlabelled,
    };

    private static Encoding BigEndianUtf32 { get; } = new UTF32Encoding(bigEndian: true, byteOrderMark: false);

    private static Encoding MakeUnlabelled()
    {
        var encoding = (Encoding)new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).Clone();
        encoding.DecoderFallback = new Windows1252Fallback();
        return encoding;
    }

    /// <summary>Reads the octets that are not UTF-8 as windows-1252, so that a cut in the stream never changes the reading of what is before it.</summary>
    private sealed class Windows1252Fallback : DecoderFallback
    {
        public override int MaxCharCount => 3;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private string text = "";
            private int next;

            public override int Remaining => text.Length - next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                text = Windows1252.GetString(bytesUnknown);
                next = 0;
                return text.Length > 0;
            }

            public override char GetNextChar() => next < text.Length ? text[next++] : '\0';

            public override bool MovePrevious()
            {
                if (next == 0)
                    return false;
                next--;
                return true;
            }

            public override void Reset()
            {
                text = "";
                next = 0;
            }
        }
    }
}
