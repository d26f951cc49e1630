using System.Globalization;
using Facteur.Accounts.Policy;
using Facteur.Web.Text;

namespace Facteur.Web.Testing;

/// <summary>Says in a language what a test found.</summary>
internal static class TestText
{
    /// <summary>Answers of servers are cut: they are shown, not kept.</summary>
    private const int MaxArgument = 300;

    public static string Of(TestWords words, WebText text) => words.Arguments is [int count] && !WebText.Has(words.Key) ? text.Count(words.Key, count)
        : text.Format(words.Key, [.. words.Arguments.Select(argument => Argument(argument, text))]);

    private static object Argument(object argument, WebText text) => argument switch
    {
        AccessRefusal refusal => refusal.In(text.Language),
        DateTimeOffset time => text.Date(time),
        int number => number.ToString(CultureInfo.InvariantCulture), // a port has no separators
        string said => said.Length > MaxArgument ? said[..MaxArgument] + "…" : said,
        _ => argument,
    };
}
