using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Accounts.Policy;

namespace Facteur.Tests.Policy;

/// <summary>The sentences of refusals: in both languages, of one line, with the code at the end.</summary>
public sealed partial class AccessTextTests
{
    private static readonly ResourceManager texts = new(typeof(AccessText).FullName!, typeof(AccessText).Assembly);

    [Fact]
    public void French_says_all_that_English_says()
    {
        var (english, french) = (Keys(""), Keys("fr"));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), french.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, text) in english)
        {
            Assert.Equal((key, Holes(text)), (key, Holes(french[key])));
            Assert.DoesNotMatch(UnspacedFrench(), french[key]);
        }
        Assert.All(Codes(), code => Assert.Contains(code, english.Keys));
        Assert.All(Enum.GetNames<MailProtocol>(), name => Assert.Contains("Protocol" + name, english.Keys));
        Assert.All(Enum.GetNames<PolicyLevel>().Where(name => name != nameof(PolicyLevel.Group)), name => Assert.Contains("Origin" + name, english.Keys));
    }

    [Fact]
    public void A_sentence_is_one_line_that_ends_with_its_code()
    {
        var origin = new PolicyOrigin(PolicyLevel.Group, "Ve\r\nntes\u2028" + new string('x', 500));
        foreach (var code in Codes())
            foreach (var locale in (string[])["en", "fr", "de"])
            {
                var refusal = new AccessRefusal(code, "Imap", "2001:db8:1111:2222:3333:4444:5555:6666") { Origin = origin };
                Assert.EndsWith($" ({code})", refusal.In(locale), StringComparison.Ordinal);
                Assert.DoesNotContain(refusal.In(locale), c => char.IsControl(c) || c == '\u2028');
                Assert.True(Ascii.IsValid(refusal.InAscii(locale)));
                Assert.True(refusal.In(locale).Length < 400, refusal.In(locale));
            }
    }

    [Fact]
    public void A_rule_is_named_by_its_title_its_group_or_its_place()
    {
        string Say(PolicyOrigin origin, string locale) => new AccessRefusal(AccessCode.SwitchedOff, nameof(MailProtocol.Pop3)) { Origin = origin }.InAscii(locale);
        Assert.Equal("POP is switched off by your administrator (policy \"Ventes\") (FCT-3101)", Say(new(PolicyLevel.Group, "Ventes"), "en"));
        Assert.Equal("POP est desactive par votre administrateur (politique \"Ventes\") (FCT-3101)", Say(new(PolicyLevel.Group, "Ventes"), "fr"));
        Assert.Equal("POP est desactive par votre administrateur (politique \"Ecole\") (FCT-3101)", Say(new(PolicyLevel.Domain, "exemple.fr", "École"), "fr"));
        Assert.Equal("POP est desactive par votre administrateur (regle du domaine exemple.fr) (FCT-3101)", Say(new(PolicyLevel.Domain, "exemple.fr"), "fr"));
        Assert.Equal("POP is switched off by your administrator (rule of this server) (FCT-3101)", Say(new(PolicyLevel.Site), "en"));
        Assert.Equal("POP is switched off by your administrator (rule of this account) (FCT-3101)", Say(new(PolicyLevel.Account, "moi@demo.test"), "en"));
    }

    [Theory]
    [InlineData("désactivé « à l’œuvre » — ça…", "desactive \"a l'oeuvre\" - ca...")]
    [InlineData("营业 Ł🐘", "?? L?")]
    [InlineData("plain \"text\"", "plain \"text\"")]
    public void Accents_are_dropped_where_an_answer_is_ascii(string text, string ascii) =>
        Assert.Equal(ascii, AsciiText.Of(text.Replace("« ", "«\u00a0", StringComparison.Ordinal).Replace(" »", "\u00a0»", StringComparison.Ordinal)));

    [Fact]
    public void A_refusal_without_a_reason_of_its_own_has_one()
    {
        Assert.Equal("wrong user name or password; the user name is the whole address (FCT-3001)", new LoginResult(null, LoginRefusal.BadCredentials).Sentence);
        Assert.Equal("", default(LoginResult).Sentence);
        Assert.All(Enum.GetValues<LoginRefusal>().Where(refusal => refusal != LoginRefusal.None), refusal => Assert.NotEmpty(new LoginResult(null, refusal).AsciiSentence));
    }

    private static IEnumerable<string> Codes() =>
        typeof(AccessCode).GetFields().Select(field => (string)field.GetRawConstantValue()!);

    private static Dictionary<string, string> Keys(string culture) =>
        texts.GetResourceSet(CultureInfo.GetCultureInfo(culture), createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    private static string Holes(string text) => string.Join(' ', Hole().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();

    // A space that may break, or none, before these.
    [GeneratedRegex(@"[ \p{L}][;:!?»]|« ")]
    private static partial Regex UnspacedFrench();
}
