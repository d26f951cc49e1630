using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class LoginTests
{
    [Fact]
    public async Task Right_password_lets_in_and_names_the_account()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var result = await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword);
        Assert.Equal((LoginRefusal.None, server.Moi.Id, "moi@demo.test", "Moi"), (result.Refusal, result.Account!.Id, result.Account.Address, result.Account.DisplayName));
    }

    [Theory]
    [InlineData("MOI@Demo.Test")]
    [InlineData("\"moi\"@demo.test")]
    public async Task User_name_is_compared_as_an_address(string user)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync(user, AccountsFixture.MoiPassword));
    }

    [Theory] // S-07
    [InlineData("' OR 1=1--")]
    [InlineData("' OR 1=1--@demo.test")]
    [InlineData("*)(uid=*")]
    [InlineData("moi")]
    [InlineData("moi@demo.test\0")]
    [InlineData("moi@demo.test\0@evil")]
    [InlineData("moi\0@demo.test")]
    [InlineData("moi@demo.test.")]
    [InlineData("moi@demo.test\r\n")]
    [InlineData("moi@demo.test\u200b")]
    [InlineData("m\u043ei@demo.test")] // Cyrillic o
    [InlineData("@demo.test")]
    [InlineData("moi@")]
    [InlineData("")]
    [InlineData("\ud800@demo.test")]
    [InlineData("moi+detail@demo.test")]
    public async Task User_names_that_are_not_the_account_cost_a_hash_and_are_refused(string user)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync(user, AccountsFixture.MoiPassword));
        Assert.Equal(1, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Every_refusal_of_a_password_costs_one_hash()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Directory.AddAccountAsync(server.Moi.Domain, "sans@demo.test", "", default); // no credential yet
        foreach (var (user, password) in new[] { ("moi@demo.test", "wrong-password"), ("nobody@demo.test", "wrong-password"), ("moi@elsewhere.test", "x"), ("sans@demo.test", "y"), ("moi@demo.test", "") })
        {
            var before = server.Logins.Hashes.Computed;
            Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync(user, password));
            Assert.Equal(before + 1, server.Logins.Hashes.Computed);
        }
    }

    [Fact]
    public void The_hash_for_unknown_users_is_of_the_form_and_price_of_a_real_one()
    {
        var hashes = new PasswordHashes(1234);
        var real = Convert.FromBase64String(hashes.Hash("whatever"));
        var dummy = Convert.FromBase64String(hashes.Dummy);
        Assert.Equal(real.Length, dummy.Length);
        Assert.Equal(real[..13], dummy[..13]);
    }

    [Fact]
    public async Task The_stored_hash_is_no_password()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var stored = (await server.Directory.ListCredentialsAsync(server.Moi.Id, default))[0].Value;
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", stored));
    }

    [Theory]
    [InlineData("ami@demo.test", LoginRefusal.BadCredentials)]
    [InlineData("root", LoginRefusal.BadCredentials)]
    [InlineData("Moi@DEMO.test", LoginRefusal.None)]
    [InlineData("", LoginRefusal.None)]
    public async Task Authorization_identity_is_the_same_account_or_none(string authorizationId, LoginRefusal expected)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword)); // remembered, and still checked
        Assert.Equal(expected, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword, authorizationId));
    }

    [Fact]
    public async Task Accents_are_the_same_however_they_are_composed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("ami@demo.test", AccountsFixture.AmiPassword.Normalize(System.Text.NormalizationForm.FormD)));
    }

    [Fact]
    public async Task A_second_login_costs_no_hash_until_the_memory_ends()
    {
        await using var server = await AccountsFixture.CreateAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(1, server.Logins.Hashes.Computed);
        server.Clock.Advance(server.Options.RememberFor);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(2, server.Logins.Hashes.Computed);
    }

    [Fact]
    public async Task Connections_at_once_with_one_password_cost_one_hash()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var logins = Enumerable.Range(0, 20).Select(_ => Task.Run(() => server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword)));
        Assert.All(await Task.WhenAll(logins), refusal => Assert.Equal(LoginRefusal.None, refusal));
        Assert.Equal(1, server.Logins.Hashes.Computed);
    }

    [Fact] // Dovecot CVE-2025-30189: one user's entry answered for another's
    public async Task A_remembered_login_never_answers_for_another_user()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("ami@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.tes", "t" + AccountsFixture.MoiPassword));
    }

    [Fact]
    public async Task A_changed_password_ends_the_remembered_one_at_once()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword);
        await server.Administration.SetPasswordAsync("moi@demo.test", "another-password", default);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", "another-password"));
    }

    [Fact]
    public async Task A_disabled_account_is_told_only_to_who_has_its_password()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword);
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal(LoginRefusal.Disabled, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", "wrong-password"));
        await server.Administration.SetEnabledAsync("moi@demo.test", true, default);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
    }

    [Fact]
    public async Task Sessions_hear_once_when_their_account_changes()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var account = (await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword)).Account!;
        int first = 0, second = 0, other = 0;
        using var one = server.Logins.Watch(account, () => first++);
        var two = server.Logins.Watch(account.Id, () => second++);
        using var three = server.Logins.Watch(server.Ami.Id, () => other++);
        two.Dispose();
        await server.Administration.SetPasswordAsync("moi@demo.test", "another-password", default);
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        Assert.Equal((1, 0, 0), (first, second, other));
    }

    [Fact]
    public async Task A_change_between_login_and_watch_is_heard()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var account = (await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword)).Account!;
        await server.Administration.RemoveAccountAsync("moi@demo.test", default);
        var ended = 0;
        using var registration = server.Logins.Watch(account, () => ended++);
        Assert.Equal(1, ended);
    }

    [Fact]
    public async Task A_hash_with_fewer_rounds_is_made_anew_and_nobody_is_logged_out()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Directory.SetCredentialAsync(server.Moi.Id, "password", new PasswordHashes(5).Hash(AccountsFixture.MoiPassword), default);
        var old = (await server.Directory.ListCredentialsAsync(server.Moi.Id, default))[0].Value;
        var ended = 0;
        using var registration = server.Logins.Watch(server.Moi.Id, () => ended++);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.NotEqual(old, (await server.Directory.ListCredentialsAsync(server.Moi.Id, default))[0].Value);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Equal((0, 1L), (ended, server.Logins.Hashes.Computed));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_a_temporary_refusal()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.CloseStoreAsync();
        Assert.Equal(LoginRefusal.Temporary, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
        Assert.Contains(server.Log.Lines, line => line.StartsWith("Error LoginFailed", StringComparison.Ordinal));
    }

    [Fact] // S-27
    public async Task No_password_reaches_the_log()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword);
        await server.LoginAsync("moi@demo.test", "canary-wrong");
        await server.CloseStoreAsync();
        await server.LoginAsync("moi@demo.test", "canary-fault");
        Assert.Equal(3, server.Log.Lines.Count);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(AccountsFixture.MoiPassword, StringComparison.Ordinal) || line.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", new LoginAttempt("u", "canary", new LoginClient(MailProtocol.Imap, System.Net.IPAddress.Loopback)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_lines_stay_one_line_whatever_the_user_name()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi\r\nInformation LoggedIn ami@demo.test", "x");
        Assert.DoesNotContain('\n', Assert.Single(server.Log.Lines));
    }
}
