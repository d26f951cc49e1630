using System.Globalization;

namespace Facteur.Accounts.Policy;

/// <summary>Sentences of refusals.</summary>
internal static class AccessText
{
    public static string Of(string code, string locale, IReadOnlyList<string> arguments) =>
        string.Create(CultureInfo.InvariantCulture, $"{(locale == "fr" ? "accès refusé" : "access is refused")} {string.Join(' ', arguments)}({code})");
}
