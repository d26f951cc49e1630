using System.Globalization;
using Facteur.Accounts;

namespace Facteur.Server.Commands;

internal static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>"12.3 MiB".</summary>
    public static string Text(long octets)
    {
        var value = (double)octets;
        var unit = 0;
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? octets : Math.Round(value, 1))} {Units[unit]}");
    }

    /// <summary>Octets of what a person typed, as a number; null for "none".</summary>
    /// <exception cref="UsageException">It is no size.</exception>
    public static string? Octets(string size) => size.Equals("none", StringComparison.OrdinalIgnoreCase)
        ? null
        : (OctetText.Read(size) ?? throw new UsageException($"\"{size}\" is no size; write 500MB, 10GB or none.")).ToString(CultureInfo.InvariantCulture);
}
