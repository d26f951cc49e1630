using System.Net;
using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Web.Text;

namespace Facteur.Tests.Web;

/// <summary>Why something is refused is said in the language of the account, or of the browser where the account has none.</summary>
public sealed partial class RefusalLanguageTests
{
    private const string Scripts = "/settings/filters/scripts", Password = "/settings/security/password", AppPasswords = "/settings/security/app-passwords";

    [Fact]
    public async Task Whoever_reads_French_is_refused_in_French()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        await web.Services.Accounts.SetAccountLocaleAsync(web.Moi.Address, "fr", default);
        foreach (var (content, why) in new[]
        {
            ("if nosuch { keep; }", "Ligne 1, colonne 4 : il n’y a pas de test \"nosuch\""),
            ("fileinto \"x\";", "Ligne 1, colonne 1 : \"fileinto\" demande : require \"fileinto\";"),
            ("redirect 3;", "Ligne 1, colonne 10 : \"redirect\" attend ici une chaîne entre guillemets (une adresse)"),
            ("keep;\r\nredirect \"a", "Ligne 2, colonne 10 : cette chaîne n’a pas de guillemet fermant"),
        })
            Assert.Contains(why, Plain((await browser.SubmitAsync(Scripts, Scripts + "?handler=Save", ("id", ""), ("name", "essai"), ("content", content))).Body));
        var saved = await browser.SubmitAsync(Scripts, Scripts + "?handler=Save", ("id", ""), ("name", "essai"), ("content", "stop;\r\nkeep;"));
        Assert.Contains("Ligne 2, colonne 1 : on n’arrive jamais ici : \"stop\" est juste avant", Plain((await browser.GetAsync(saved.Location!)).Body));

        foreach (var (password, why) in new[] { ("court", "Un mot de passe a au moins 8 caractères."), ("motdepasse1", "Ce mot de passe est de ceux qu’on essaie en premier."), (web.Moi.Address, "Le mot de passe ne peut pas être l’adresse.") })
            Assert.Contains(why, Complaint(await browser.SubmitAsync(Password, null, ("old", WebFixture.Password), ("new", password), ("again", password))));

        foreach (var (label, networks, protocol, why) in new[]
        {
            ("", "", "Imap", "Un mot de passe d’application a un nom de 1 à"), ("x", "chez moi", "Imap", "« chez » n’est pas un réseau, comme 192.0.2.0/24"), ("x", "", "", "Un mot de passe d’application sert à un protocole au moins."),
        })
            Assert.Contains(why, Complaint(await browser.SubmitAsync(AppPasswords, AppPasswords + "?handler=Add", ("label", label), ("networks", networks), ("protocol", protocol))));
        var rule = await browser.SubmitAsync("/settings/filters", "/settings/filters?handler=Save", ("id", ""), ("name", "Essai"), ("match", "all"), ("on", "yes"), ("order", "10"), ("stops", ""),
            ("field", "From"), ("comparison", "contains"), ("value", "a@b.test"), ("header", ""), ("action", "Flag"), ("target", "deux mots"), ("text", ""));
        Assert.Contains("(ce n’est pas un mot-clé)", Complaint(rule));
        Assert.DoesNotMatch(EnglishWords(), Complaint(rule));
    }

    [Fact]
    public async Task An_account_without_a_language_is_answered_in_the_browsers()
    {
        await using var web = await WebFixture.CreateAsync();
        var browser = await web.SignedInAsync();
        var form = await browser.GetAsync(Scripts);
        foreach (var (language, why) in new[] { ("fr-FR,fr;q=0.9,en;q=0.5", "il n’y a pas de commande \"nosuch\""), ("en", "there is no command \"nosuch\""), ("de", "there is no command \"nosuch\"") })
        {
            var answer = await browser.PostAsync(Scripts + "?handler=Save", [("form", form.Field("form")), ("id", ""), ("name", "essai"), ("content", "nosuch;")], ("Accept-Language", language), ("Sec-Fetch-Site", "same-origin"), ("Origin", WebFixture.Origin));
            Assert.Contains(why, Plain(answer.Body));
        }
    }

    [Fact]
    public void Rules_that_have_words_have_them_in_every_language()
    {
        foreach (var text in WebText.All)
        {
            Assert.Contains("8", text.Of(new AccountRuleException(PasswordRules.Complaint("court", EmailAddress.TryParse("moi@demo.test", out var moi) ? moi : throw new InvalidOperationException())!)));
            // Without words of its own, the sentence of the rule itself.
            Assert.Equal("So it is.", text.Of(new AccountRuleException("So it is.") { Rule = "NobodySaysThis" }));
        }
    }

    /// <summary>What the page complains of, as text.</summary>
    private static string Complaint(WebAnswer answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        return string.Join('\n', Complaints().Matches(answer.Body).Select(one => Plain(one.Groups[1].Value)));
    }

    private static string Plain(string html) => WebUtility.HtmlDecode(html).Replace('\u00A0', ' ');

    [GeneratedRegex("<p class=\"complaint\"[^>]*>(.*?)</p>", RegexOptions.Singleline)]
    private static partial Regex Complaints();

    [GeneratedRegex(@"\b(the|has|have|cannot|password|with|there)\b")]
    private static partial Regex EnglishWords();
}
