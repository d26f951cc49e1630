using Facteur.Net.Ldap;

namespace Facteur.Accounts.Ldap;

/// <summary>One step of a test.</summary>
/// <param name="Name">"connect", "bind", "search" or "password".</param>
/// <param name="Text">What came of it, for an operator.</param>
public sealed record LdapTestStep(string Name, bool IsOk, string Text);

/// <summary>Goes the way of a login: connection, our own bind, the user's entry, the user's password.</summary>
internal sealed class LdapTest(LdapRealm realm)
{
    private readonly List<LdapTestStep> steps = [];

    public async ValueTask<IReadOnlyList<LdapTestStep>> RunAsync(EmailAddress user, string? password, CancellationToken cancel)
    {
        var name = "connect";
        try
        {
            await using var client = await realm.ConnectAsync(cancel);
            Done("connect", $"{client.Server}{(client.Tls.Length > 0 ? ", " + client.Tls : ", in clear")}");
            if (realm.Setting.UserDn is null)
            {
                name = "bind";
                await realm.BindAsOurselvesAsync(client, cancel);
                Done("bind", realm.Setting.BindDn is { } dn ? $"as {dn}" : "as nobody");
            }
            name = "search";
            if (await realm.FindAsync(client, user, cancel) is not { } found)
            {
                Failed("search", $"no entry, or several, of {user} under {realm.Setting.Base} by {realm.Setting.FilterText}");
                return steps;
            }
            Done("search", Describe(found));
            name = "password";
            if (password is { Length: > 0 }) await CheckAsync(client, found, password, cancel);
        }
        catch (Exception e) when (e is LdapUnavailableException or LdapRefusedException)
        {
            Failed(name, e.Message);
        }
        return steps;
    }

    private async ValueTask CheckAsync(LdapClient client, LdapUser user, string password, CancellationToken cancel)
    {
        var result = await client.BindAsync(user.Dn, password, cancel);
        if (result.IsSuccess) Done("password", "right");
        else Failed("password", $"refused: {result}");
    }

    private static string Describe(LdapUser user)
    {
        var parts = new List<string> { user.Dn };
        if (user.Mail.Count > 0) parts.Add($"mail {string.Join(", ", user.Mail)}");
        if (user.Name.Length > 0) parts.Add($"name {user.Name}");
        if (user.Aliases.Count > 0) parts.Add($"aliases {string.Join(", ", user.Aliases)}");
        if (user.Groups.Count > 0) parts.Add($"groups {string.Join(", ", user.Groups)}");
        return string.Join("; ", parts);
    }

    private void Done(string name, string text) => steps.Add(new LdapTestStep(name, true, text));

    private void Failed(string name, string text) => steps.Add(new LdapTestStep(name, false, text));
}
