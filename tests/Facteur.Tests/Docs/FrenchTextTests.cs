using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Delivery.Tracing;
using Facteur.Sieve;
using Facteur.Web.Text;

namespace Facteur.Tests.Docs;

/// <summary>French texts that people read: no line is broken before a sign that stands apart, nor after the quotation mark that opens, nor between a number and its unit.</summary>
public sealed partial class FrenchTextTests
{
    public static TheoryData<string> Libraries => [.. new[] { typeof(WebText), typeof(TraceText), typeof(AccountService), typeof(SieveSentence) }.Select(static one => one.Assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Signs_that_stand_apart_keep_to_their_words(string library)
    {
        var french = System.Reflection.Assembly.Load(library).GetSatelliteAssembly(CultureInfo.GetCultureInfo("fr"));
        var texts = french.GetManifestResourceNames().SelectMany(name =>
        {
            using var reader = new ResourceReader(french.GetManifestResourceStream(name)!);
            return reader.Cast<DictionaryEntry>().Select(one => ((string)one.Key, Text: one.Value as string ?? "")).ToList();
        }).ToList();
        Assert.NotEmpty(texts);
        Assert.DoesNotContain(texts, static one => Broken().IsMatch(one.Text));
    }

    [GeneratedRegex(@"\S [:;!?»]|« |[0-9}] (ms|Ko|Mo|Go)\b")]
    private static partial Regex Broken();
}
