namespace Facteur.Web.Requests;

/// <summary>What a User-Agent means to its owner: "Firefox, Windows". Programs that are no browsers are shown as they call themselves.</summary>
internal static class BrowserName
{
    private const int MaxShown = 80;

    // In this order: most say that they are Chrome and Safari as well.
    private static readonly (string Mark, string Name)[] browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] systems =
        [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string Of(string userAgent)
    {
        if (userAgent.Length == 0) return "?";
        if (!userAgent.StartsWith("Mozilla/", StringComparison.Ordinal)) return userAgent.Length > MaxShown ? userAgent[..MaxShown] + "…" : userAgent;
        var (browser, system) = (Find(browsers), Find(systems));
        return browser is null ? system ?? "?" : system is null ? browser : $"{browser}, {system}";

        string? Find((string Mark, string Name)[] known) => Array.Find(known, one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Name;
    }
}
