using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Accounts;

public sealed class PasswordRuleTests
{
    private static readonly EmailAddress claire = new("claire", "exemple.test");

    [Theory]
    [InlineData("password")]
    [InlineData("Password1!")]
    [InlineData("P4ssw0rd2026")]
    [InlineData("motdepasse")]
    [InlineData("MotDePasse123")]
    [InlineData("bonjoursoleil")]
    [InlineData("admin-admin")]
    [InlineData("azertyuiop")]
    [InlineData("Azerty123456")]
    [InlineData("qwertz12")]
    [InlineData("poiuytreza")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("12345678")]
    [InlineData("987654321")]
    [InlineData("147258369")]
    [InlineData("a1b2c3d4e5")]
    [InlineData("aaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("iloveyou!!")]
    [InlineData("!!!2026!!!")]
    [InlineData("claire2026")]
    [InlineData("exemple1")]
    public void What_everybody_tries_first_is_refused(string password) => Assert.NotNull(PasswordRules.Complaint(password, claire));

    [Theory]
    [InlineData("soleil-42-papier")]
    [InlineData("un cheval sur la lune")]
    [InlineData("kq8#Vz!m2x")]
    [InlineData("rivière-17-lune")]
    [InlineData("abricot7confiture")]
    [InlineData("another-password")]
    public void What_is_long_and_nobodys_is_taken(string password) => Assert.Null(PasswordRules.Complaint(password, claire));

    [Fact]
    public void Generated_ones_are_taken() => Assert.All(Enumerable.Range(0, 500), _ => Assert.Null(PasswordRules.Complaint(PasswordRules.Generate(), claire)));

    [Fact]
    public void Any_text_is_judged_at_once()
    {
        foreach (var text in (string[])[new string('1', 512), string.Concat(Enumerable.Repeat("az", 256)), string.Concat(Enumerable.Repeat("12345678901", 2)) + "aa", "\ud83d\udc18\ud83d\udc18\ud83d\udc18\ud83d\udc18\ud83d\udc18\ud83d\udc18\ud83d\udc18\ud83d\udc18", new string('!', 24)])
            _ = PasswordRules.Complaint(text, claire);
    }

#pragma warning disable CA5350 // the list is of SHA-1
    private static string Sha1(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350

    [Fact]
    public async Task Known_from_a_breach_in_one_file()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "pwned.txt");
        var known = Enumerable.Range(0, 1000).Select(i => $"known password {i}").ToList();
        foreach (var count in (int[])[0, 1, 2, 3, 1000])
        {
            await File.WriteAllLinesAsync(file, known.Take(count).Select(Sha1).Order(StringComparer.Ordinal).Select((hash, i) => $"{hash}:{i * 7919}"));
            foreach (var one in known.Take(count)) Assert.True(await BreachedPasswords.IsKnownAsync(file, one, default), one);
            for (var i = 0; i < 200; i++) Assert.False(await BreachedPasswords.IsKnownAsync(file, $"other {i}", default));
        }
    }

    [Fact]
    public async Task Known_from_a_breach_in_a_folder_and_refused_when_it_is_set()
    {
        using var folder = new TemporaryFolder();
        const string Known = "un cheval sur la lune";
        var hash = Sha1(Known);
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, hash[..5] + ".txt"), ["0005AD76BD555C1D6D771DE417A4B87E4B4:10", $"{hash[5..]}:3"]);
        Assert.True(await BreachedPasswords.IsKnownAsync(folder.Path, Known, default));
        await using var server = await AccountsFixture.CreateAsync();
        await server.Administration.SetPasswordAsync("moi@demo.test", Known, default);
        await server.Store.Settings.SetAsync(SettingScope.Site, PasswordSetting.Setting, Encoding.UTF8.GetBytes($$"""{"breached":"{{folder.Path}}"}"""), default);
        var refused = await Assert.ThrowsAsync<AccountRuleException>(async () => await server.Administration.SetPasswordAsync("ami@demo.test", Known, default));
        Assert.Contains("breach", refused.Message, StringComparison.Ordinal);
        await server.Administration.SetPasswordAsync("ami@demo.test", "deux chevaux sur la lune", default); // no file of its prefix
    }
}
