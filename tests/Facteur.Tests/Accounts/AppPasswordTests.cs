using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class AppPasswordTests
{
    private static async Task<NewAppPassword> AddAsync(AccountsFixture server, AppPasswordLimits? limits = null, string label = "phone") =>
        await server.AppPasswords.AddAsync(server.Moi, label, limits ?? new AppPasswordLimits(), default);

    [Fact]
    public async Task Lets_in_without_a_hash_however_it_is_typed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        Assert.Matches("^([0-9a-hjkmnp-tv-z]{4}-){6}[0-9a-hjkmnp-tv-z]{4}$", made.Secret);
        foreach (var typed in (string[])[made.Secret, made.Secret.Replace("-", "", StringComparison.Ordinal), made.Secret.ToUpperInvariant(), made.Secret.Replace('-', ' '), made.Secret.Replace('0', 'O').Replace('1', 'l')])
        {
            var result = await server.LoginAsync("moi@demo.test", typed);
            Assert.Equal((server.Moi.Id, CredentialKind.AppPassword, "phone"), (result.Account!.Id, result.Account.Credential!.Kind, result.Account.Credential.Label));
        }
        Assert.Equal(0, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Is_stored_as_a_hash_alone()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        var stored = Assert.Single(await server.AppPasswords.ListAsync(server.Moi.Id, default));
        var all = string.Join('\n', stored.Value, stored.Lookup, stored.Detail);
        Assert.DoesNotContain(made.Secret, all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(made.Secret.Replace("-", "", StringComparison.Ordinal), all, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", stored.Lookup!));
    }

    [Fact]
    public void Every_secret_is_read_back_and_a_wrong_digit_is_noticed()
    {
        for (var i = 0; i < 200; i++)
        {
            var secret = AppPasswordText.NewSecret();
            Assert.Equal(secret, AppPasswordText.Read(AppPasswordText.Shown(secret)));
            Assert.Equal(secret, AppPasswordText.Read(AppPasswordText.Compact(secret)));
        }
        Assert.NotNull(AppPasswordText.Read(AppPasswordText.Compact(new byte[16])));
        var text = AppPasswordText.Compact(Enumerable.Repeat((byte)255, 16).ToArray());
        var wrong = Enumerable.Range(0, text.Length).Count(at => AppPasswordText.Read(text[..at] + (text[at] == '2' ? '3' : '2') + text[(at + 1)..]) is not null);
        Assert.Equal(0, wrong);
        Assert.All((string[])["", "soleil-42-papier", new string('u', 28), text + "0", new string('-', 90), text[1..]], other => Assert.Null(AppPasswordText.Read(other)));
    }

    [Fact]
    public async Task A_wrong_one_costs_and_counts_as_any_other_wrong_password()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var guess = AppPasswordText.Shown(AppPasswordText.NewSecret());
        var refused = await server.LoginAsync("moi@demo.test", guess);
        Assert.Equal((LoginRefusal.BadCredentials, "FCT-3001", 1L), (refused.Refusal, refused.Reason!.Code, server.Logins.Hashes.Computed));
        Assert.Equal((LoginRefusal.BadCredentials, 2L), (await server.RefusalAsync("nobody@demo.test", guess), server.Logins.Hashes.Computed));
        for (var i = 2; i <= server.Options.FreeFailures; i++) await server.RefusalAsync("moi@demo.test", guess + i);
        server.Clock.ExpectTimer();
        var late = server.RefusalAsync("moi@demo.test", guess);
        await server.Clock.Scheduled.Task; // it waits now
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(LoginRefusal.BadCredentials, await late);
    }

    [Fact]
    public async Task A_password_that_has_the_form_still_works()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var like = AppPasswordText.Shown(AppPasswordText.NewSecret());
        await server.Administration.SetPasswordAsync("moi@demo.test", like, default);
        var result = await server.LoginAsync("moi@demo.test", like);
        Assert.Equal(CredentialKind.Password, result.Account!.Credential!.Kind);
    }

    [Fact]
    public async Task Is_of_one_account()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("ami@demo.test", made.Secret));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", made.Secret));
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("ami@demo.test", made.Secret));
    }

    [Fact] // S-07: app passwords can't reach settings
    public async Task Never_opens_the_webmail()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        var refused = await server.LoginAsync("moi@demo.test", made.Secret, AccountsFixture.Client(MailProtocol.Webmail));
        Assert.Equal((LoginRefusal.NotAllowed, "FCT-3011"), (refused.Refusal, refused.Reason!.Code));
        Assert.Throws<AccountRuleException>(() => AddAsync(server, new AppPasswordLimits([MailProtocol.Webmail])).GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Has_protocols_networks_and_an_end()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server, new AppPasswordLimits([MailProtocol.Imap, MailProtocol.Submission], ["192.0.2.0/24", "2001:db8::1"], server.Clock.GetUtcNow().AddDays(1)));
        async Task<string?> Code(MailProtocol protocol, string remote) => (await server.LoginAsync("moi@demo.test", made.Secret, AccountsFixture.Client(protocol, remote))).Reason?.Code;
        for (var remembered = 0; remembered < 2; remembered++)
        {
            Assert.Null(await Code(MailProtocol.Imap, "192.0.2.77"));
            Assert.Null(await Code(MailProtocol.Submission, "2001:db8::1"));
            Assert.Null(await Code(MailProtocol.Imap, "::ffff:192.0.2.77"));
            Assert.Equal("FCT-3011", await Code(MailProtocol.Pop3, "192.0.2.77"));
            Assert.Equal("FCT-3012", await Code(MailProtocol.Imap, "198.51.100.1"));
            Assert.Equal("FCT-3012", await Code(MailProtocol.Imap, "2001:db8::2"));
        }
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("FCT-3013", await Code(MailProtocol.Imap, "192.0.2.77"));
        Assert.Equal(0, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Removal_ends_the_sessions_it_let_in_and_no_others()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var (phone, tablet) = (await AddAsync(server), await AddAsync(server, label: "tablet"));
        var ended = new List<string>();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var one = server.Logins.Watch((await server.LoginAsync("moi@demo.test", phone.Secret)).Account!, () => { ended.Add("phone"); gone.SetResult(); });
        using var two = server.Logins.Watch((await server.LoginAsync("moi@demo.test", tablet.Secret)).Account!, () => ended.Add("tablet"));
        using var three = server.Logins.Watch((await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword)).Account!, () => ended.Add("password"));
        Assert.True(await server.AppPasswords.RemoveAsync(server.Moi.Id, phone.Credential.Id, default));
        Assert.False(await server.AppPasswords.RemoveAsync(server.Ami.Id, tablet.Credential.Id, default));
        await gone.Task;
        Assert.Equal(["phone"], ended);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", phone.Secret));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", tablet.Secret));
    }

    [Fact]
    public async Task A_disabled_account_stays_out()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", made.Secret));
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal(LoginRefusal.Disabled, await server.RefusalAsync("moi@demo.test", made.Secret));
    }

    [Fact]
    public async Task Last_use_is_noted_to_the_minute_behind_the_login()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await AddAsync(server);
        for (var i = 0; i < 3; i++) await server.LoginAsync("moi@demo.test", made.Secret);
        Assert.Null((await server.AppPasswords.ListAsync(server.Moi.Id, default))[0].LastUsed);
        await server.Logins.FlushAsync(default);
        var used = (await server.AppPasswords.ListAsync(server.Moi.Id, default))[0];
        Assert.Equal((server.Clock.GetUtcNow().ToUnixTimeSeconds() / 60 * 60, "192.0.2.1"), (used.LastUsed!.Value.ToUnixTimeSeconds(), used.LastUsedFrom));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task Labels_have_rules(string label)
    {
        await using var server = await AccountsFixture.CreateAsync();
        await Assert.ThrowsAsync<AccountRuleException>(() => AddAsync(server, label: label));
        await Assert.ThrowsAsync<AccountRuleException>(() => AddAsync(server, new AppPasswordLimits(Networks: ["192.0.2.0/33"])));
        await Assert.ThrowsAsync<AccountRuleException>(() => AddAsync(server, new AppPasswordLimits(Ends: server.Clock.GetUtcNow())));
    }

    [Fact]
    public void The_lookup_is_the_hash_of_the_secret_alone() =>
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("0123456789abcdef"))), AppPasswordText.LookupOf("0123456789abcdef"u8));
}
