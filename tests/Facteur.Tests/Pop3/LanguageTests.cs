using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Pop3.Texts;

namespace Facteur.Tests.Pop3;

/// <summary>LANG (RFC 6856 §3) and the texts behind it.</summary>
public sealed partial class LanguageTests
{
    [Fact] // RFC 6856 §3.3
    public Task A_client_lists_languages_and_chooses_one() => Pop3Server.RunAsync("""
        S: +OK Facteur POP3 ready
        C: LANG
        S: +OK languages of this server
        S: en English
        S: fr Français
        S: .
        C: LANG MUL
        S: -ERR this server does not speak MUL
        C: LANG fr
        S: +OK fr le serveur parle français
        C: NOOP
        S: +OK c'est fait
        C: LANG xx-long-and-unknown
        S: -ERR ce serveur ne parle pas xx-long-and-unknown
        C: STAT
        S: -ERR connectez-vous d'abord
        C: USER moi@demo.test
        S: +OK le mot de passe, maintenant
        C: PASS soleil-42-papier
        S: +OK 2 messages (94 octets)
        C: RETR 3
        S: -ERR ce message n'existe pas, la boîte en compte 2
        C: LANG EN-gb
        S: +OK en the server speaks English
        C: LANG frz
        S: -ERR this server does not speak frz
        C: LANG fr en
        S: -ERR too many arguments
        C: QUIT
        S: +OK goodbye
        """);

    [Fact]
    public async Task The_preferred_language_is_the_sites_before_login_and_the_accounts_after()
    {
        await using var server = await Pop3Server.StartAsync();
        await server.Administration.SetAccountLocaleAsync("moi@demo.test", "fr", default);
        await server.ConverseAsync("""
            S: +OK *
            C: USER moi@demo.test
            S: +OK *
            C: LANG *
            S: +OK en the server speaks English
            C: USER moi@demo.test
            S: +OK *
            C: PASS soleil-42-papier
            S: +OK *
            C: LANG *
            S: +OK fr le serveur parle français
            """);
    }

    [Fact] // RFC 2595 §4: nothing that was said in clear is known
    public Task Stls_forgets_the_language() => Pop3Server.RunAsync("""
        S: +OK *
        C: LANG fr
        S: +OK fr *
        C: STLS
        S: +OK commencez TLS
        C: <starttls>
        C: NOOP
        S: +OK done
        """);

    [Fact]
    public void Every_text_is_there_in_both_languages_with_the_same_holes()
    {
        Assert.Equal(["en", "fr"], AccountSettings.Locales);
        var resources = new ResourceManager(typeof(Pop3Texts).FullName!, typeof(Pop3Texts).Assembly);
        var keys = Enum.GetNames<Pop3Text>().Order(StringComparer.Ordinal).ToList();
        foreach (var culture in new[] { CultureInfo.InvariantCulture, CultureInfo.GetCultureInfo("fr") })
        {
            var set = resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!;
            Assert.Equal(keys, set.Cast<DictionaryEntry>().Select(entry => (string)entry.Key).Order(StringComparer.Ordinal));
        }
        foreach (var text in Enum.GetValues<Pop3Text>())
        {
            Assert.True(System.Text.Ascii.IsValid(Pop3Texts.English[text]), $"{text} is said to clients that know no UTF-8");
            Assert.Equal(Holes(Pop3Texts.English[text]), Holes(Pop3Texts.French[text]));
        }
    }

    private static IEnumerable<string> Holes(string text) => Hole().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();
}
