using System.Text;
using Facteur.Accounts;

namespace Facteur.Tests.Accounts;

public sealed class TotpTests
{
    private static TotpService Service(AccountsFixture server) => server.Logins.SecondFactors;

    private static async Task<(byte[] Secret, IReadOnlyList<string> Codes)> EnrolAsync(AccountsFixture server)
    {
        var enrolment = await Service(server).EnrolAsync(server.Moi, "Chez Dupont", default);
        var secret = Totp.FromBase32(enrolment.Secret)!;
        var codes = await Service(server).ConfirmAsync(server.Moi, Totp.Code(secret, Totp.StepOf(server.Clock.GetUtcNow())), default);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        return (secret, codes!);
    }

    private static string Now(AccountsFixture server, byte[] secret, int steps = 0) => Totp.Code(secret, Totp.StepOf(server.Clock.GetUtcNow()) + steps);

    [Theory] // RFC 6238 appendix B
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Test_vectors_of_the_rfc(long seconds, string code) =>
        Assert.Equal(code, Totp.Code("12345678901234567890"u8, Totp.StepOf(DateTimeOffset.FromUnixTimeSeconds(seconds)), digits: 8));

    [Fact]
    public void Base32_there_and_back()
    {
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.ToBase32("12345678901234567890"u8));
        Assert.Equal("12345678901234567890", Encoding.ASCII.GetString(Totp.FromBase32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")!));
        Assert.Null(Totp.FromBase32("GEZD1"));
    }

    [Fact]
    public async Task Counts_once_it_was_confirmed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var first = await Service(server).EnrolAsync(server.Moi, "Chez Dupont", default);
        Assert.Equal($"otpauth://totp/Chez%20Dupont:moi%40demo.test?secret={first.Secret}&issuer=Chez%20Dupont&algorithm=SHA1&digits=6&period=30", first.Uri);
        Assert.False(await Service(server).HasSecondFactorAsync(server.Moi.Id, default));
        Assert.Null(await Service(server).ConfirmAsync(server.Moi, "000000", default));
        var again = await Service(server).EnrolAsync(server.Moi, "Chez Dupont", default); // the first was lost on the way
        Assert.Null(await Service(server).ConfirmAsync(server.Moi, Now(server, Totp.FromBase32(first.Secret)!), default));
        var codes = await Service(server).ConfirmAsync(server.Moi, Now(server, Totp.FromBase32(again.Secret)!).Insert(3, " "), default);
        Assert.Equal(10, codes!.Distinct().Count());
        Assert.True(await Service(server).HasSecondFactorAsync(server.Moi.Id, default));
        Assert.False(await Service(server).HasSecondFactorAsync(server.Ami.Id, default));
        await Assert.ThrowsAsync<AccountRuleException>(async () => await Service(server).EnrolAsync(server.Moi, "x", default));
    }

    [Fact] // S-26; Dovecot CVE-2026-27855
    public async Task A_code_is_good_once()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (secret, _) = await EnrolAsync(server);
        var code = Now(server, secret);
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, code, default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, code, default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret, -1), default)); // nor one from before it
        Assert.Equal(SecondFactorResult.Wrong, await new TotpService(server.Directory, server.Clock).VerifyAsync(server.Moi.Id, code, default)); // nor after a restart
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret, 1), default));
    }

    [Fact]
    public async Task Of_many_with_one_code_at_once_one_is_let_in()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (secret, _) = await EnrolAsync(server);
        var code = Now(server, secret);
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await new TotpService(server.Directory, server.Clock).VerifyAsync(server.Moi.Id, code, default))));
        Assert.Single(results, SecondFactorResult.Accepted);
    }

    [Fact]
    public async Task Clocks_may_differ_by_a_step_and_no_more()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (secret, _) = await EnrolAsync(server);
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret, -2), default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret, 2), default));
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret, -1), default));
    }

    [Fact]
    public async Task Recovery_codes_are_good_once_each_and_hashed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (_, codes) = await EnrolAsync(server);
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, codes[3].ToUpperInvariant(), default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, codes[3], default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Ami.Id, codes[4], default));
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, codes[4].Replace("-", " ", StringComparison.Ordinal), default));
        Assert.Equal(8, await Service(server).RecoveryCodesLeftAsync(server.Moi.Id, default));
        Assert.DoesNotContain(await server.Directory.ListCredentialsAsync(server.Moi.Id, default), one => codes.Any(code => one.Value.Contains(code, StringComparison.OrdinalIgnoreCase)));
        var fresh = await Service(server).NewRecoveryCodesAsync(server.Moi, default);
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, codes[5], default));
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, fresh[0], default));
    }

    [Fact]
    public async Task Of_many_with_one_recovery_code_at_once_one_is_let_in_and_others_keep_theirs()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (_, codes) = await EnrolAsync(server);
        var tries = codes.SelectMany(code => new[] { code, code }).Select(code => Task.Run(async () => await new TotpService(server.Directory, server.Clock).VerifyAsync(server.Moi.Id, code, default)));
        Assert.Equal(10, (await Task.WhenAll(tries)).Count(result => result == SecondFactorResult.Accepted));
    }

    [Fact]
    public async Task Wrong_codes_come_to_an_end_and_to_a_pause()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (secret, _) = await EnrolAsync(server);
        var guesses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await Service(server).VerifyAsync(server.Moi.Id, "abcdef", default))));
        Assert.Equal(5, guesses.Count(result => result == SecondFactorResult.Wrong));
        Assert.Equal(SecondFactorResult.TooMany, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret), default));
        server.Clock.Advance(TotpService.Pause);
        Assert.Equal(SecondFactorResult.Accepted, await Service(server).VerifyAsync(server.Moi.Id, Now(server, secret), default));
    }

    [Fact]
    public async Task Removal_takes_the_recovery_codes_along()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (_, codes) = await EnrolAsync(server);
        Assert.True(await Service(server).RemoveAsync(server.Moi.Id, default));
        Assert.False(await Service(server).HasSecondFactorAsync(server.Moi.Id, default));
        Assert.Equal(SecondFactorResult.Wrong, await Service(server).VerifyAsync(server.Moi.Id, codes[0], default));
        Assert.False(await Service(server).RemoveAsync(server.Moi.Id, default));
    }
}
