using System.Text;

namespace Facteur.Accounts.Contacts.VCards;

/// <summary>
/// Lines of a file of vCards, unfolded (RFC 6350 §3.2), also with the soft breaks of quoted-printable that version 2.1 has. Of a line that is too long, which is a photo,
/// only the beginning is kept. UTF-8; a line that is not reads as ISO 8859-1.
/// </summary>
internal sealed class VCardLines(Stream stream)
{
    /// <summary>Octets of a line that are kept: any text that a card can have, once more for its encoding, and what stands before it.</summary>
    public const int MaxOctets = 144 * 1024;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] buffer = new byte[16 * 1024];
    private byte[] line = new byte[1024];
    private int length, at, filled;
    private bool isFirst = true;

    /// <summary>The line was too long; <see cref="Current"/> is its beginning.</summary>
    public bool IsCut { get; private set; }

    public string Current { get; private set; } = "";

    /// <summary>Moves to the next line that is not empty; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancel)
    {
        do
        {
            length = 0;
            IsCut = false;
            if (!await FillAsync(cancel)) return false;
            do await TakeAsync(cancel);
            while (await ContinuesAsync(cancel));
        }
        while (length == 0);
        Current = Decode(Written);
        if (isFirst) Current = Current.TrimStart('\uFEFF');
        isFirst = false;
        return true;
    }

    private ReadOnlySpan<byte> Written => line.AsSpan(0, length);

    internal static string Decode(ReadOnlySpan<byte> octets)
    {
        try
        {
            return Strict.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(octets);
        }
    }

    // One physical line, without its end.
    private async ValueTask TakeAsync(CancellationToken cancel)
    {
        while (await FillAsync(cancel))
        {
            var end = buffer.AsSpan(at, filled - at).IndexOf((byte)'\n');
            Keep(buffer.AsSpan(at, end < 0 ? filled - at : end));
            at = end < 0 ? filled : at + end + 1;
            if (end >= 0) break;
        }
        if (length > 0 && Written[^1] == '\r') Shorten();
    }

    private void Keep(ReadOnlySpan<byte> octets)
    {
        var room = MaxOctets - length;
        IsCut |= octets.Length > room;
        var kept = octets[..Math.Min(octets.Length, room)];
        if (length + kept.Length > line.Length) Array.Resize(ref line, Math.Max(2 * line.Length, length + kept.Length));
        kept.CopyTo(line.AsSpan(length));
        length += kept.Length;
    }

    private async ValueTask<bool> ContinuesAsync(CancellationToken cancel)
    {
        if (length == 0) return false;
        var isSoft = IsSoft(Written);
        if (isSoft) Shorten();
        if (!await FillAsync(cancel)) return false;
        if (buffer[at] is not ((byte)' ' or (byte)'\t')) return isSoft;
        at++;
        return true;
    }

    private static bool IsSoft(ReadOnlySpan<byte> text)
    {
        if (text[^1] != '=' || text.IndexOf((byte)':') is not (> 0 and var colon)) return false;
        return Encoding.Latin1.GetString(text[..Math.Min(colon, 1000)]).Contains("QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase);
    }

    private void Shorten() => length--;

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (at < filled) return true;
        at = 0;
        filled = await stream.ReadAsync(buffer, cancel);
        return filled > 0;
    }
}
