using System.Globalization;

namespace Facteur.Jmap.Blob;

/// <summary>A part of an answer (RFC 9110 §14.1.2).</summary>
/// <param name="Length">0: nothing of it is there.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>Reads a Range field of one part. False for anything else: such a field is passed over and all is sent (§14.2).</summary>
    /// <param name="length">Octets there are.</param>
    public static bool TryRead(string field, long length, out ByteRange range)
    {
        range = default;
        if (!field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)) return false;
        var part = field.AsSpan(Unit.Length).Trim();
        var dash = part.IndexOf('-');
        if (dash < 0 || part.Contains(',')) return false;
        var first = part[..dash];
        var last = part[(dash + 1)..];
        if (first.IsEmpty)
        {
            if (!TryNumber(last, out var suffix)) return false;
            var count = Math.Min(suffix, length);
            range = new ByteRange(length - count, count);
            return true;
        }
        if (!TryNumber(first, out var start)) return false;
        var end = length - 1;
        if (!last.IsEmpty)
        {
            if (!TryNumber(last, out var asked) || asked < start) return false;
            end = Math.Min(asked, end);
        }
        range = start > end ? default : new ByteRange(start, end - start + 1);
        return true;
    }

    // A number past what fits is past the end as well.
    private static bool TryNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)) number = long.MaxValue;
        return true;
    }
}
