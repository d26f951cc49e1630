using System.Buffers;

namespace Facteur.Delivery;

/// <summary>
/// Looks at a message's header while it streams by, cut anywhere: counts what delivery decides on and tells where the
/// header ends. Holds the text of From and nothing else.
/// </summary>
internal sealed class HeaderScanner
{
    /// <summary>Octets of From that are kept; a longer one is refused like none.</summary>
    private const int MaxFromOctets = 32 * 1024;

    // The longest name looked for is "TLS-Required"; a name that does not fit is none of them.
    private const int NameSpace = 12;

    // "No" with white space around it; what is longer says something else.
    private const int TlsRequiredSpace = 32;

    private static readonly SearchValues<byte> EndOfName = SearchValues.Create(":\r\n"u8);

    private enum At : byte { LineStart, Name, Body, Ended }

    private readonly byte[] name = new byte[NameSpace];
    private int nameLength;
    private At at;
    private bool inFrom;
    private ArrayBufferWriter<byte>? from;
    private bool inTlsRequired;
    private int tlsRequiredFields;
    private readonly byte[] tlsRequired = new byte[TlsRequiredSpace];
    private int tlsRequiredLength;

    /// <summary>The header is over.</summary>
    public bool HasEnded => at == At.Ended;
    public int ReceivedFields { get; private set; }
    public int FromFields { get; private set; }
    public bool HasDate { get; private set; }
    public bool HasMessageId { get; private set; }

    /// <summary>One field says "TLS-Required: No" (RFC 8689 §3): delivery goes before the policies of the recipient's domain on TLS.</summary>
    public bool TlsNotRequired =>
        tlsRequiredFields == 1 && System.Text.Ascii.EqualsIgnoreCase(tlsRequired.AsSpan(0, tlsRequiredLength).Trim(" \t\r\n"u8), "No"u8);

    /// <summary>Body of the first From field, folded as it came; null when it is too long.</summary>
    public ReadOnlySpan<byte> From => from is null || from.WrittenCount > MaxFromOctets ? default : from.WrittenSpan;

    /// <summary>Looks at the next octets.</summary>
    /// <returns>Where in them the header ends (the empty line, or a line that is no field, starts there); -1 when it goes on or ended before.</returns>
    public int Scan(ReadOnlySpan<byte> octets)
    {
        var i = 0;
        while (i < octets.Length && at != At.Ended)
        {
            switch (at)
            {
                case At.LineStart:
                    if (octets[i] == '\r')
                    {
                        at = At.Ended;
                        return i;
                    }
                    StartLine(octets[i] is (byte)' ' or (byte)'\t');
                    break;
                case At.Name:
                    var length = octets[i..].IndexOfAny(EndOfName);
                    var part = length < 0 ? octets[i..] : octets.Slice(i, length);
                    Keep(part);
                    if (length < 0) return -1;
                    if (octets[i + length] != ':')
                    {
                        at = At.Ended;
                        return nameLength == part.Length ? i : -1; // -1: it began in octets that went on already
                    }
                    i += length + 1;
                    EndName();
                    break;
                case At.Body:
                    i += ScanBody(octets[i..]);
                    break;
            }
        }
        return -1;
    }

    private void StartLine(bool isContinuation)
    {
        at = isContinuation ? At.Body : At.Name;
        if (isContinuation) return;
        nameLength = 0;
        inFrom = inTlsRequired = false;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (nameLength < NameSpace) part[..Math.Min(part.Length, NameSpace - nameLength)].CopyTo(name.AsSpan(nameLength));
        nameLength += part.Length;
    }

    private void EndName()
    {
        at = At.Body;
        if (nameLength > NameSpace) return;
        // Blanks before the colon are obsolete and met (RFC 5322 §4.5).
        var field = name.AsSpan(0, nameLength).TrimEnd(" \t"u8);
        if (System.Text.Ascii.EqualsIgnoreCase(field, "Received"u8)) ReceivedFields++;
        else if (System.Text.Ascii.EqualsIgnoreCase(field, "Date"u8)) HasDate = true;
        else if (System.Text.Ascii.EqualsIgnoreCase(field, "Message-ID"u8)) HasMessageId = true;
        else if (System.Text.Ascii.EqualsIgnoreCase(field, "From"u8))
        {
            inFrom = ++FromFields == 1;
            if (inFrom) from = new ArrayBufferWriter<byte>(128);
        }
        else if (System.Text.Ascii.EqualsIgnoreCase(field, "TLS-Required"u8)) inTlsRequired = ++tlsRequiredFields == 1;
    }

    private int ScanBody(ReadOnlySpan<byte> octets)
    {
        var feed = octets.IndexOf((byte)'\n');
        var used = feed < 0 ? octets.Length : feed + 1;
        if (inFrom && from!.WrittenCount <= MaxFromOctets) from.Write(octets[..Math.Min(used, MaxFromOctets + 1)]);
        if (inTlsRequired)
        {
            var kept = octets[..Math.Min(used, TlsRequiredSpace - tlsRequiredLength)];
            kept.CopyTo(tlsRequired.AsSpan(tlsRequiredLength));
            tlsRequiredLength += kept.Length;
            if (kept.Length < used) tlsRequiredFields = 2; // longer than any "No"
        }
        if (feed >= 0) at = At.LineStart;
        return used;
    }
}
