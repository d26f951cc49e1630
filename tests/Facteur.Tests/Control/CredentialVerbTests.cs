using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Accounts;
using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur account app-password|credentials|totp|logins, facteur block.</summary>
public sealed class CredentialVerbTests
{
    private const string Moi = "moi@demo.test";

    [Fact]
    public async Task App_passwords_are_made_listed_and_withdrawn()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var said = await line.SayAsync("account", "app-password", "add", Moi, "phone", "--protocol", "imap", "--protocol", "submission", "--from", "192.0.2.0/24", "--until", "2030-01-01");
        Assert.Matches("^App password [0-9]+ \\(phone\\) of moi@demo.test:\n([0-9a-z]{4}-){6}[0-9a-z]{4}   \\(shown this once; with or without the dashes\\)\n$", said);
        var made = await line.JsonAsync("account", "app-password", "add", Moi, "Tablet");
        Assert.NotNull((string?)made["password"]);
        var list = (await line.JsonAsync("account", "app-password", "list", Moi)).AsArray();
        Assert.Equal("""["imap","submission"]""", list[0]!["protocols"]!.ToJsonString());
        Assert.Equal("""["192.0.2.0/24"]""", list[0]!["networks"]!.ToJsonString());
        Assert.Null(list[1]!["protocols"]);
        Assert.Contains("imap submission", await line.SayAsync("account", "app-password", "list", Moi), StringComparison.Ordinal);
        Assert.Contains("lets nobody in any more", await line.SayAsync("account", "app-password", "rm", Moi, "tablet"), StringComparison.Ordinal);
        Assert.Contains("(phone)", await line.SayAsync("account", "app-password", "rm", Moi, ((int)list[0]!["id"]!).ToString(System.Globalization.CultureInfo.InvariantCulture)), StringComparison.Ordinal);
        Assert.Equal("There is none.\n", await line.SayAsync("account", "app-password", "list", Moi));
    }

    [Theory]
    [InlineData("There is no protocol \"smtp\"", "account", "app-password", "add", Moi, "x", "--protocol", "smtp")]
    [InlineData("never reaches the webmail", "account", "app-password", "add", Moi, "x", "--protocol", "webmail")]
    [InlineData("is no network", "account", "app-password", "add", Moi, "x", "--from", "192.0.2.0/33")]
    [InlineData("in the future", "account", "app-password", "add", Moi, "x", "--until", "2020-01-01")]
    [InlineData("has no app password \"x\"", "account", "app-password", "rm", Moi, "x")]
    [InlineData("has no certificate \"x\"", "account", "credentials", "unbind", Moi, "x")]
    [InlineData("cannot be read", "account", "credentials", "bind", Moi, "/nowhere.pem")]
    [InlineData("has no second factor", "account", "totp", "rm", Moi)]
    [InlineData("nothing was enrolled", "account", "totp", "confirm", Moi, "123456")]
    [InlineData("is not blocked", "block", "rm", "192.0.2.1")]
    [InlineData("is no address", "block", "rm", "nowhere")]
    [InlineData("There is no account", "account", "logins", "nobody@demo.test")]
    public async Task What_cannot_be_is_said_in_a_sentence(string sentence, params string[] words)
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var (exit, _, error) = await line.RunAsync(words);
        Assert.NotEqual(0, exit);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_bound_from_a_file()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=poste 7", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var file = Path.Combine(folder.Path, "client.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        var bound = await line.JsonAsync("account", "credentials", "bind", Moi, file);
        Assert.Equal(("CN=poste 7", Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))), ((string)bound["label"]!, (string)bound["fingerprint"]!));
        Assert.Contains("bound already", (await line.RunAsync("account", "credentials", "bind", Moi, file)).Error, StringComparison.Ordinal);
        var kinds = (await line.JsonAsync("account", "credentials", "list", Moi)).AsArray().Select(one => (string)one!["kind"]!);
        Assert.Equal(["password", "certificate"], kinds);
        await line.SayAsync("account", "credentials", "unbind", Moi, "CN=poste 7");
    }

    [Fact]
    public async Task A_second_factor_is_enrolled_and_taken_away()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("moi@demo.test has no second factor.\n", await line.SayAsync("account", "totp", "show", Moi));
        var enrolled = await line.JsonAsync("account", "totp", "enrol", Moi);
        Assert.StartsWith("otpauth://totp/", (string)enrolled["uri"]!, StringComparison.Ordinal);
        var code = Totp.Code(Totp.FromBase32((string)enrolled["secret"]!)!, Totp.StepOf(TimeProvider.System.GetUtcNow()));
        Assert.Equal(10, (await line.JsonAsync("account", "totp", "confirm", Moi, code))["codes"]!.AsArray().Count);
        Assert.Equal("moi@demo.test has a second factor; 10 recovery codes are left.\n", await line.SayAsync("account", "totp", "show", Moi));
        Assert.Equal(12, (await line.SayAsync("account", "totp", "recovery", Moi)).Split('\n').Length);
        Assert.Equal("moi@demo.test has no second factor.\n", await line.SayAsync("account", "totp", "rm", Moi));
    }

    [Fact]
    public async Task Logins_and_blocks_are_shown()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("Nobody has logged in.\n", await line.SayAsync("account", "logins", Moi));
        Assert.Equal("No address is blocked.\n", await line.SayAsync("block", "list"));
        var moi = await line.Accounts.GetAccountAsync(Moi, default);
        var now = TimeProvider.System.GetUtcNow();
        await line.Store.Logins.WriteAsync([new(0, moi.Id, now, now, 3, "imap", "192.0.2.1", "Thunderbird", "password", "ok"), new(0, moi.Id, now, now, 1, "pop3", "198.51.100.1", "", "", "FCT-3001")], default);
        var shown = await line.SayAsync("account", "logins", Moi, "--since", "1h");
        Assert.Contains("Thunderbird", shown, StringComparison.Ordinal);
        Assert.Contains("FCT-3001", shown, StringComparison.Ordinal);
        Assert.Equal(2, (await line.JsonAsync("account", "logins", Moi)).AsArray().Count);
        var blocks = new AddressBlocks(line.Store.State, new LoginOptions { BlockAfter = 2 }, TimeProvider.System);
        blocks.Failed(System.Net.IPAddress.Parse("2001:db8:1:2::"), 1);
        blocks.Failed(System.Net.IPAddress.Parse("2001:db8:1:2::"), 2);
        await blocks.FlushAsync(default);
        Assert.Contains("2001:db8:1:2::/64", await line.SayAsync("block", "list"), StringComparison.Ordinal);
        await line.SayAsync("block", "rm", "2001:db8:1:2::/64");
        Assert.Equal("No address is blocked.\n", await line.SayAsync("block", "list"));
    }
}
