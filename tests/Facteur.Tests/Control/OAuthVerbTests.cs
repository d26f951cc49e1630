using Facteur.Accounts.OAuth;

namespace Facteur.Tests.Control;

/// <summary>facteur oauth client, grants, revoke, and the settings oauth and oidc.</summary>
public sealed class OAuthVerbTests
{
    [Fact]
    public async Task A_client_is_named_listed_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Contains("No program is named", await line.SayAsync("oauth", "client", "list"), StringComparison.Ordinal);
        var made = await line.JsonAsync("oauth", "client", "add", "Phone [app]", "--redirect", "http://127.0.0.1/back", "--redirect", "com.example.app:/back");
        var id = (string)made["id"]!;
        Assert.Null(made["secret"]);
        var server = await line.JsonAsync("oauth", "client", "add", "Portal", "--redirect", "https://portal.test/back", "--confidential");
        Assert.Equal(43, ((string)server["secret"]!).Length);
        var listed = await line.SayAsync("oauth", "client", "list");
        Assert.Contains("Phone [app]", listed, StringComparison.Ordinal);
        Assert.Contains("confidential", listed, StringComparison.Ordinal);
        Assert.DoesNotContain((string)server["secret"]!, listed, StringComparison.Ordinal);
        // Not even its hash is shown among the settings.
        Assert.Contains("\"secretHash\":\"***\"", (await line.JsonAsync("setting", "get", "oauth")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal($"The client {id} is removed.\n", await line.SayAsync("oauth", "client", "rm", id));
        Assert.Contains("There is no client", await line.RefusedAsync("oauth", "client", "rm", id), StringComparison.Ordinal);
        Assert.Contains("http is for", await line.RefusedAsync("oauth", "client", "add", "Bad", "--redirect", "http://evil.test/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_account_gave_is_listed_and_taken_back()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("No program has access.\n", await line.SayAsync("oauth", "grants", "moi@demo.test"));
        var clients = new OAuthClients(line.Store, TimeProvider.System);
        var grants = new OAuthGrants(line.Store, clients, TimeProvider.System);
        var tokens = new OAuthTokens(line.Store, clients, grants, TimeProvider.System);
        var (client, _) = await clients.AddAsync("Phone", ["https://app.test/"], false, default);
        var account = await line.Accounts.GetAccountAsync("moi@demo.test", default);
        for (var i = 0; i < 2; i++)
            await tokens.IssueCodeAsync(account, new AuthorizationRequest(client, "https://app.test/", OAuthScopes.Imap | OAuthScopes.Offline, null, new string('x', 43)), "192.0.2.1", default);
        var given = (await line.JsonAsync("oauth", "grants", "moi@demo.test")).AsArray();
        Assert.Equal(2, given.Count);
        Assert.Equal("imap offline", (string?)given[0]!["scope"]);
        Assert.Equal("1 taken back.\n", await line.SayAsync("oauth", "revoke", "moi@demo.test", (string)given[0]!["grant"]!));
        Assert.Contains("has no grant", await line.RefusedAsync("oauth", "revoke", "moi@demo.test", (string)given[0]!["grant"]!), StringComparison.Ordinal);
        Assert.Equal("1 taken back.\n", await line.SayAsync("oauth", "revoke", "moi@demo.test"));
        Assert.Equal("No program has access.\n", await line.SayAsync("oauth", "grants", "moi@demo.test"));
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_told()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("setting", "set", "oauth", "registration", "false");
        Assert.False((await new OAuthClients(line.Store, TimeProvider.System).SettingAsync(default)).Registration);
        Assert.Contains("accessMinutes", await line.RefusedAsync("setting", "set", "oauth", "accessMinutes", "0"), StringComparison.Ordinal);
        Assert.Contains("the site", await line.RefusedAsync("setting", "set", "oauth", "registration", "false", "--domain", "demo.test"), StringComparison.Ordinal);
    }
}
