using System.Text;

namespace Facteur.Smtp.Client.Wire;

internal enum ReplyStatus : byte
{
    /// <summary>A whole reply was taken off the input.</summary>
    Complete,
    /// <summary>The reply goes on; all of the input is taken.</summary>
    NeedMore,
    /// <summary>A line that is no reply line.</summary>
    Malformed,
    /// <summary>More octets than any reply has use for.</summary>
    TooLong,
}

/// <summary>
/// Reads replies out of octets cut anywhere (RFC 5321 §4.2, §4.2.1). What a peer sends beyond the bounds is read to its end,
/// so that the next reply is found, and thrown away as it comes; so much that it can only be meant to keep us busy ends the connection.
/// </summary>
internal sealed class ReplyParser
{
    /// <summary>Octets of one reply that are kept: an EHLO answer of 64 KiB has a thousand lines.</summary>
    public const int MaxKept = 64 * 1024;

    /// <summary>Octets of one line that are kept; RFC 5321 §4.5.3.1.5 allows 512.</summary>
    public const int MaxLine = 4 * 1024;

    /// <summary>Octets of one reply that are read at all.</summary>
    public const int MaxRead = 16 * 1024 * 1024;

    private readonly byte[] line = new byte[MaxLine];
    private readonly List<string> lines = [];
    private readonly StringBuilder text = new();
    private string? enhanced;
    private int lineLength;
    private int kept;
    private int read;

    /// <summary>No octet of a next reply was read.</summary>
    public bool IsAtStart => read == 0;

    /// <summary>Takes octets off the front of <paramref name="input"/> until a reply is whole.</summary>
    public ReplyStatus TryRead(ref ReadOnlySpan<byte> input, out ClientReply? reply)
    {
        reply = null;
        while (!input.IsEmpty)
        {
            var feed = input.IndexOf((byte)'\n');
            var taken = feed < 0 ? input : input[..(feed + 1)];
            input = input[taken.Length..];
            Keep(taken);
            if (feed < 0) break;
            // A LF alone ends a line too: some devices send no CR, and a reply has nothing that could be smuggled.
            var status = EndLine(out reply);
            if (status != ReplyStatus.NeedMore) return status;
            if (read > MaxRead) return ReplyStatus.TooLong;
        }
        return read > MaxRead ? ReplyStatus.TooLong : ReplyStatus.NeedMore;
    }

    private void Keep(ReadOnlySpan<byte> octets)
    {
        read = (int)Math.Min((long)read + octets.Length, int.MaxValue);
        var fits = octets[..Math.Min(octets.Length, MaxLine - lineLength)];
        fits.CopyTo(line.AsSpan(lineLength));
        lineLength += fits.Length;
    }

    private ReplyStatus EndLine(out ClientReply? reply)
    {
        reply = null;
        var content = line.AsSpan(0, lineLength).TrimEnd("\r\n"u8);
        lineLength = 0;
        if (Code(content) is not { } code) return ReplyStatus.Malformed;
        var goesOn = content.Length > 3 && content[3] == '-';
        var words = content[Math.Min(content.Length, 4)..];
        kept += words.Length + 1;
        if (kept <= MaxKept) Add(words, code);
        if (goesOn) return ReplyStatus.NeedMore;
        // Codes of one reply should be equal (RFC 5321 §4.2.1); where they are not, the last line has the last word.
        reply = new ClientReply(code, enhanced, text.ToString(), lines.ToArray());
        Reset();
        return ReplyStatus.Complete;
    }

    private void Add(ReadOnlySpan<byte> words, int code)
    {
        if (EnhancedStatus.TryRead(words, code, out var length))
        {
            enhanced ??= Encoding.ASCII.GetString(words[..length]);
            words = words[length..].TrimStart((byte)' ');
        }
        var safe = SafeText.Of(words);
        lines.Add(safe);
        if (safe.Length == 0 || text.Length >= AttemptOutcome.MaxText) return;
        if (text.Length > 0) text.Append(' ');
        text.Append(safe.AsSpan(0, Math.Min(safe.Length, AttemptOutcome.MaxText - text.Length)));
    }

    private void Reset()
    {
        lines.Clear();
        text.Clear();
        enhanced = null;
        kept = 0;
        read = 0;
    }

    // Three digits, then a blank, a hyphen or the end (RFC 5321 §4.2 "Reply-line").
    private static int? Code(ReadOnlySpan<byte> content)
    {
        if (content.Length < 3 || content[0] is < (byte)'2' or > (byte)'5') return null;
        if (!char.IsAsciiDigit((char)content[1]) || !char.IsAsciiDigit((char)content[2])) return null;
        if (content.Length > 3 && content[3] is not ((byte)' ' or (byte)'-')) return null;
        return (content[0] - '0') * 100 + (content[1] - '0') * 10 + (content[2] - '0');
    }
}
