using System.Globalization;
using Facteur.Accounts;

namespace Facteur.Server.Commands;

internal static class Sizes
{
    /// <summary>"12.3 MiB".</summary>
    public static string Text(long octets) => OctetText.Text(octets);

    /// <summary>Octets of what a person typed, as a number; null for "none".</summary>
    /// <exception cref="UsageException">It is no size.</exception>
    public static string? Octets(string size) => size.Equals("none", StringComparison.OrdinalIgnoreCase)
        ? null
        : (OctetText.Read(size) ?? throw new UsageException($"\"{size}\" is no size; write 500MB, 10GB or none.")).ToString(CultureInfo.InvariantCulture);
}
