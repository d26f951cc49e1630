using Facteur.Accounts;
using Facteur.Server.Commands;
using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur forward, vacation, account locale and quota, domain locale, postmaster and verp.</summary>
public sealed class MailRuleVerbTests
{
    [Fact]
    public async Task Mail_is_forwarded_at_an_administrators_word()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("Mail of moi@demo.test is forwarded; a copy stays in the archive.\n  far@example.org\n", await line.SayAsync("forward", "set", "moi@demo.test", "far@example.org", "--keep", "archive"));
        Assert.Equal("""{"account":"moi@demo.test","targets":[{"address":"far@example.org","confirmed":true}],"keep":"archive"}""", (await line.JsonAsync("forward", "show", "moi@demo.test")).ToJsonString());
        Assert.Equal("Mail of moi@demo.test is not forwarded.\n", await line.SayAsync("forward", "off", "moi@demo.test"));
        Assert.Equal(2, (await line.RunAsync("forward", "set", "moi@demo.test", "far@example.org", "--keep", "some")).Exit);
        Assert.Equal("moi@demo.test is an address of the account itself.", await line.RefusedAsync("forward", "set", "moi@demo.test", "moi@demo.test"));
    }

    [Fact]
    public async Task A_target_elsewhere_is_confirmed_by_its_code()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Contains("needs no code", await line.SayAsync("forward", "ask", "moi@demo.test", "ami@demo.test"), StringComparison.Ordinal);
        var code = (string)(await line.JsonAsync("forward", "ask", "moi@demo.test", "far@example.org"))["code"]!;
        Assert.Contains("far@example.org  (not confirmed yet: nothing goes to it)", await line.SayAsync("forward", "show", "moi@demo.test"), StringComparison.Ordinal);
        Assert.StartsWith("The code is wrong", await line.RefusedAsync("forward", "confirm", "moi@demo.test", "far@example.org", "wrong"), StringComparison.Ordinal);
        Assert.DoesNotContain("not confirmed", await line.SayAsync("forward", "confirm", "moi@demo.test", "far@example.org", code), StringComparison.Ordinal);
        Assert.DoesNotContain("codeHash", (await line.JsonAsync("setting", "get", "forward", "--account", "moi@demo.test")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_is_set_changed_in_part_and_switched_off()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var set = await line.SayAsync("vacation", "set", "moi@demo.test", "--subject", "Absente", "--text", "De retour [bientôt].\nMoi", "--from", "2020-01-01", "--until", "2999-12-31");
        Assert.Equal("moi@demo.test replies from 2020-01-01 00:00 until 3000-01-01 00:00, to the same sender every 7 days at most.\nSubject: Absente\nDe retour [bientôt].\nMoi\n", set);
        var changed = await line.JsonAsync("vacation", "set", "moi@demo.test", "--days", "3", "--until", "2021-01-01T12:00Z");
        Assert.Equal(("over", 3, "Absente"), ((string)changed["state"]!, (int)changed["days"]!, (string)changed["subject"]!));
        Assert.Equal("on", (string)(await line.JsonAsync("vacation", "set", "moi@demo.test", "--until", "none"))["state"]!);
        Assert.Equal("later", (string)(await line.JsonAsync("vacation", "set", "moi@demo.test", "--from", "2999-01-01"))["state"]!);
        Assert.Equal("moi@demo.test sends no reply.\n", await line.SayAsync("vacation", "off", "moi@demo.test"));
        Assert.StartsWith("The text of a reply has", await line.RefusedAsync("vacation", "set", "moi@demo.test", "--subject", "x"), StringComparison.Ordinal);
        Assert.Equal((2, "\"soon\" is no date; write 2026-12-24 or 2026-12-24T12:00.\n"), ((await line.RunAsync("vacation", "set", "moi@demo.test", "--from", "soon")).Exit, (await line.RunAsync("vacation", "set", "moi@demo.test", "--from", "soon")).Error));
    }

    [Fact]
    public void A_day_is_meant_whole()
    {
        var time = new FakeTime();
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 0, 0, 0, TimeSpan.Zero), DayOrTime.Read("2026-12-24", wholeDay: false, time));
        Assert.Equal(new DateTimeOffset(2026, 12, 25, 0, 0, 0, TimeSpan.Zero), DayOrTime.Read("2026-12-24", wholeDay: true, time));
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 12, 0, 0, TimeSpan.FromHours(1)), DayOrTime.Read("2026-12-24T12:00+01:00", wholeDay: true, time));
    }

    [Fact]
    public async Task Languages_fall_back_from_account_to_domain_to_site()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("moi@demo.test: en\n", await line.SayAsync("account", "locale", "moi@demo.test"));
        await line.SayAsync("domain", "locale", "site", "fr");
        Assert.Equal("moi@demo.test: fr\n", await line.SayAsync("account", "locale", "moi@demo.test"));
        Assert.Equal("demo.test: en\n", await line.SayAsync("domain", "locale", "demo.test", "en"));
        Assert.Equal("moi@demo.test: fr\n", await line.SayAsync("account", "locale", "moi@demo.test", "fr"));
        Assert.Equal("moi@demo.test: en\n", await line.SayAsync("account", "locale", "moi@demo.test", "default"));
        Assert.Equal("demo.test: fr\n", await line.SayAsync("domain", "locale", "demo.test", "default"));
        Assert.Equal(2, (await line.RunAsync("account", "locale", "moi@demo.test", "de")).Exit);
    }

    [Fact]
    public async Task A_postmaster_and_ids_in_senders_are_set_for_a_domain_or_all()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("demo.test: the first account of the domain\n", await line.SayAsync("domain", "postmaster", "demo.test"));
        Assert.Equal("site: ami@demo.test\n", await line.SayAsync("domain", "postmaster", "site", "ami@demo.test"));
        Assert.Equal("demo.test: ami@demo.test\n", await line.SayAsync("domain", "postmaster", "demo.test"));
        Assert.Equal("There is no address x@demo.test on this server.", await line.RefusedAsync("domain", "postmaster", "demo.test", "x@demo.test"));
        Assert.Equal("site: the first account of the domain\n", await line.SayAsync("domain", "postmaster", "site", "default"));
        Assert.Equal("demo.test: on\n", await line.SayAsync("domain", "verp", "demo.test", "on"));
        Assert.Equal("demo.test: off\n", await line.SayAsync("domain", "verp", "demo.test", "default"));
    }

    [Fact]
    public async Task A_quota_is_set_and_lifted()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("moi@demo.test uses 0 B of 10 GiB.\n", await line.SayAsync("account", "quota", "moi@demo.test", "10GB"));
        Assert.Equal(10L << 30, (await line.Store.GetQuotaAsync((await line.Accounts.GetAccountAsync("moi@demo.test", default)).Id, default)).LimitOctets);
        Assert.Equal("moi@demo.test uses 0 B, without a limit.\n", await line.SayAsync("account", "quota", "moi@demo.test", "none"));
        Assert.Equal((2, "", "\"much\" is no size; write 500MB, 10GB or none.\n"), await line.RunAsync("account", "quota", "moi@demo.test", "much"));
    }

    [Theory]
    [InlineData("10GB", 10L << 30)]
    [InlineData("500 MiB", 500L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("4096", 4096L)]
    [InlineData("7b", 7L)]
    [InlineData("0", null)]
    [InlineData("9999999PB", null)]
    [InlineData("GB", null)]
    [InlineData("10XB", null)]
    [InlineData("", null)]
    public void Sizes_are_read_in_steps_of_1024(string text, long? octets) => Assert.Equal(octets, OctetText.Read(text));
}
