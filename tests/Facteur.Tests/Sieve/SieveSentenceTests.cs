using System.Globalization;
using System.Resources;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Sieve;
using Facteur.Sieve.Rules;

namespace Facteur.Tests.Sieve;

/// <summary>What is said of scripts and rules is said in the language of who reads it.</summary>
public sealed partial class SieveSentenceTests
{
    [Fact]
    public void Every_text_is_there_in_every_language_with_the_same_places()
    {
        var names = Enum.GetNames<ScriptText>().Order(StringComparer.Ordinal).ToList();
        var resources = new ResourceManager("Facteur.Sieve.Texts.ScriptTexts", typeof(SieveSentence).Assembly);
        foreach (var language in SieveSentence.Languages)
        {
            using var set = resources.GetResourceSet(language == "en" ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(language), createIfNotExists: true, tryParents: false)!;
            Assert.Equal(names, set.Cast<System.Collections.DictionaryEntry>().Select(one => (string)one.Key).Order(StringComparer.Ordinal));
        }
        foreach (var text in Enum.GetValues<ScriptText>())
        {
            var english = SieveSentence.Template(text, CultureInfo.GetCultureInfo("en"));
            var french = SieveSentence.Template(text, CultureInfo.GetCultureInfo("fr"));
            Assert.Equal(Places(english), Places(french));
            // What stands between quotes is of the language Sieve: it is the same in both.
            Assert.Equal(Quotes().Matches(english).Select(one => one.Value).Where(one => one != "\"{{…}}\""), Quotes().Matches(french).Select(one => one.Value));
            Assert.Equal(string.Format(CultureInfo.InvariantCulture, english, 1, 2, 3), new SieveSentence(text, 1, 2, 3).ToString());
        }
    }

    [Theory]
    [InlineData("if nosuch { keep; }", "there is no test \"nosuch\"", "il n’y a pas de test \"nosuch\"")]
    [InlineData("nosuch;", "there is no command \"nosuch\"", "il n’y a pas de commande \"nosuch\"")]
    [InlineData("fileinto \"x\";", "\"fileinto\" needs: require \"fileinto\";", "\"fileinto\" demande : require \"fileinto\";")]
    [InlineData("require \"fileinto\"; fileinto 3;", "\"fileinto\" takes a string, the name of a mailbox, here", "\"fileinto\" attend ici une chaîne entre guillemets (le nom d’un dossier)")]
    [InlineData("require \"fileinto\"; fileinto;", "\"fileinto\" takes a string, the name of a mailbox, which is missing", "il manque à \"fileinto\" un argument : une chaîne entre guillemets (le nom d’un dossier)")]
    [InlineData("redirect \"a", "this string has no closing quote", "cette chaîne n’a pas de guillemet fermant")]
    [InlineData("keep", "\";\" expected after the command \"keep\", not the end of the script", "\";\" attendu après la commande \"keep\", mais on trouve ceci : la fin du script")]
    [InlineData("if true { keep;", "this \"{\" is not closed", "cette \"{\" n’est pas fermée")]
    [InlineData("require \"none\";", "the extension \"none\" is not supported", "l’extension \"none\" n’est pas prise en charge")]
    [InlineData("require \"regex\"; if header :regex \"a\" \"(\" { keep; }", "a \"(\" of this regular expression is not closed", "un \"(\" de cette expression rationnelle n’est pas fermé")]
    [InlineData("if header :is \"a\" [\"b\" \"c\"] { keep; }", "\",\" or \"]\" expected, not a string", "attendu : \",\" ou \"]\" ; trouvé : une chaîne entre guillemets")]
    public void A_mistake_is_told_in_both_languages(string script, string english, string french)
    {
        var error = SieveScript.Compile(Encoding.UTF8.GetBytes(script), SieveLimits.Default).Errors[0];
        Assert.Equal(english, error.Message);
        Assert.Equal((english, french, french), (error.Sentence.In("de"), Plain(error.Sentence.In("fr")), Plain(error.Sentence.In("fr-CA"))));
    }

    [Fact]
    public void So_is_what_a_rule_cannot_be()
    {
        var refused = Assert.Throws<RuleRefusedException>(() => RuleCheck.Check(new MailRule("", "x") { Actions = [new RuleAction(RuleActionType.Move) { Mailbox = "" }] }));
        Assert.Equal(("that is no name of a mailbox", "ce n’est pas le nom d’un dossier"), (refused.Message, refused.Sentence.In("fr")));
    }

    private static string Plain(string text) => text.Replace('\u00A0', ' ');

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(one => one.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<!\{)\{\d\}|(?<=\{\{)\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quotes();
}
