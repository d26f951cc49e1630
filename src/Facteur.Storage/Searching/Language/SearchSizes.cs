using System.Buffers;
using System.Globalization;

namespace Facteur.Storage.Searching;

/// <summary>Sizes as people type them: "5M", "1,5 Mo" without the blank, "300000". K, M and G are powers of 1024.</summary>
internal static class SearchSizes
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.,");

    public static bool TryParse(string value, out long octets)
    {
        octets = 0;
        if (value.Length > 20) return false;
        var digits = value.AsSpan().IndexOfAnyExcept(Digits);
        var number = digits < 0 ? value : value[..digits];
        long unit = (digits < 0 ? "" : value[digits..].ToLowerInvariant()) switch
        {
            "" or "b" or "o" => 1,
            "k" or "kb" or "ko" or "kio" or "kib" => 1L << 10,
            "m" or "mb" or "mo" or "mio" or "mib" => 1L << 20,
            "g" or "gb" or "go" or "gio" or "gib" => 1L << 30,
            _ => 0,
        };
        if (unit == 0 || !decimal.TryParse(number.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)) return false;
        if (count > 1_000_000_000_000m) return false;
        octets = (long)Math.Min(count * unit, 1_000_000_000_000_000m);
        return true;
    }

    public static string Write(long octets)
    {
        foreach (var (shift, unit) in ((int, string)[])[(30, "G"), (20, "M"), (10, "K")])
            if (octets >= 1L << shift && octets % (1L << shift) == 0) return string.Create(CultureInfo.InvariantCulture, $"{octets >> shift}{unit}");
        return octets.ToString(CultureInfo.InvariantCulture);
    }
}
