using System.Globalization;

namespace Facteur.Accounts;

/// <summary>Sizes as people write them.</summary>
public static class OctetText
{
    private const string Steps = "KMGTP";

    /// <summary>"12.3 MiB".</summary>
    public static string Text(long octets)
    {
        var value = (double)octets;
        var unit = 0;
        for (; value >= 1024 && unit < Steps.Length; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? octets : Math.Round(value, 1))} {(unit == 0 ? "B" : $"{Steps[unit - 1]}iB")}");
    }

    /// <summary>"10GB", "500 MiB", "10g" or a number of octets, in steps of 1024 whichever way it is written; null for what is none.</summary>
    public static long? Read(string text)
    {
        var unit = text.AsSpan().TrimStart("0123456789.");
        var name = unit.Trim().ToString().ToUpperInvariant().Replace("IB", "B", StringComparison.Ordinal).TrimEnd('B');
        var step = name.Length switch { 0 => 0, 1 => Steps.IndexOf(name[0], StringComparison.Ordinal) + 1, _ => -1 };
        if (step == 0 && name.Length > 0) return null;
        if (step < 0 || !decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        for (; step > 0 && value <= long.MaxValue / 1024; step--) value *= 1024;
        return step == 0 && value is >= 1 and <= long.MaxValue ? (long)value : null;
    }
}
