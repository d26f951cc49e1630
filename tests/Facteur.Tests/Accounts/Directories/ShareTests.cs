using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts.Directories;

/// <summary>Shared accounts: who may use them, and who may send as them.</summary>
public sealed class ShareTests
{
    private static async Task<string> RefusedAsync(Func<Task> verb) => (await Assert.ThrowsAsync<AccountRuleException>(verb)).Message;

    [Fact]
    public async Task A_member_with_that_right_sends_as_every_address_of_a_shared_account()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        var desk = (await administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = AccountKind.Shared }, default)).Account;
        await administration.AddAddressAsync("accueil@demo.test", "bonjour@demo.test", null, default);
        await administration.AddAliasAsync("contact@demo.test", ["accueil@demo.test", "far@example.org"], null, default);
        var recipients = new RecipientDirectory(server.Directory, server.Store.Settings);
        string[] addresses = ["accueil@demo.test", "bonjour@demo.test", "accueil+salon@demo.test", "contact@demo.test"];

        await administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.Read | ShareRights.Write, default);
        foreach (var address in addresses) Assert.False(await recipients.MaySendAsAsync(server.Moi.Id, address, default));
        await administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.All, default);
        foreach (var address in addresses)
        {
            Assert.True(await recipients.MaySendAsAsync(server.Moi.Id, address, default));
            Assert.False(await recipients.MaySendAsAsync(server.Ami.Id, address, default));
            Assert.True(await recipients.MaySendAsAsync(desk.Id, address, default));
            Assert.False(await recipients.OwnsAsync(server.Moi.Id, address, default));
        }
        Assert.False(await recipients.MaySendAsAsync(desk.Id, "moi@demo.test", default));
        await administration.SetEnabledAsync("accueil@demo.test", false, default);
        Assert.False(await recipients.MaySendAsAsync(server.Moi.Id, "accueil@demo.test", default));
        await administration.SetEnabledAsync("accueil@demo.test", true, default);
        await administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.None, default);
        Assert.False(await recipients.MaySendAsAsync(server.Moi.Id, "accueil@demo.test", default));
    }

    [Fact]
    public async Task A_shared_account_has_no_password_and_nobody_logs_in_as_it()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        var made = await administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = AccountKind.Shared }, default);
        Assert.Null(made.GeneratedPassword);
        Assert.Empty(await server.Directory.ListCredentialsAsync(made.Account.Id, default));
        Assert.Equal("A shared account has no password: its members log in with their own.", await RefusedAsync(async () => await administration.SetPasswordAsync("accueil@demo.test", "soleil-42-papier", default)));
        Assert.Contains("has no password", await RefusedAsync(async () => await administration.AddAccountAsync(new AccountDraft("b@demo.test") { Kind = AccountKind.Shared, Password = "soleil-42-papier" }, default)), StringComparison.Ordinal);
        Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("accueil@demo.test", "soleil-42-papier"));
    }

    [Fact]
    public async Task Only_shared_accounts_are_shared_and_only_with_others()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var administration = server.Administration;
        foreach (var name in new[] { "a", "b" }) await administration.AddAccountAsync(new AccountDraft($"{name}@demo.test") { Kind = AccountKind.Shared }, default);
        Assert.StartsWith("moi@demo.test is not a shared account", await RefusedAsync(async () => await administration.SetShareAsync("moi@demo.test", "ami@demo.test", ShareRights.Read, default)), StringComparison.Ordinal);
        Assert.StartsWith("b@demo.test is a shared account itself", await RefusedAsync(async () => await administration.SetShareAsync("a@demo.test", "b@demo.test", ShareRights.Read, default)), StringComparison.Ordinal);
        Assert.Equal(ShareRights.Read | ShareRights.Write, ShareRightsText.Parse(["write"]));
        Assert.Equal(ShareRights.All, ShareRightsText.Parse(["all"]));
        Assert.Equal(["read", "send-as"], ShareRightsText.List(ShareRightsText.Parse(["send-as", "read"])));
        Assert.Throws<AccountRuleException>(() => ShareRightsText.Parse(["own"]));
        await administration.SetShareAsync("b@demo.test", "moi@demo.test", ShareRights.Read, default);
        await administration.SetShareAsync("a@demo.test", "moi@demo.test", ShareRights.All, default);
        Assert.Equal(["a@demo.test", "b@demo.test"], (await administration.ListSharesOfAsync(server.Moi.Id, default)).Select(share => share.Account.Address));
    }

    [Fact]
    public async Task Who_only_reads_a_shared_account_does_not_hand_in_mail_as_it()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Administration.AddAccountAsync(new AccountDraft("accueil@demo.test") { Kind = AccountKind.Shared }, default);
        async Task<LoginRefusal> TryAsync(MailProtocol protocol) => (await server.Logins.LoginAsync(
            new LoginAttempt("moi@demo.test", AccountsFixture.MoiPassword, new LoginClient(protocol, System.Net.IPAddress.Loopback) { IsEncrypted = true }, "accueil@demo.test"), default)).Refusal;
        await server.Administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.Read | ShareRights.Write, default);
        Assert.Equal((LoginRefusal.None, LoginRefusal.BadCredentials), (await TryAsync(MailProtocol.Imap), await TryAsync(MailProtocol.Submission)));
        await server.Administration.SetShareAsync("accueil@demo.test", "moi@demo.test", ShareRights.SendAs, default);
        Assert.Equal((LoginRefusal.BadCredentials, LoginRefusal.None), (await TryAsync(MailProtocol.Imap), await TryAsync(MailProtocol.Submission)));
    }
}
