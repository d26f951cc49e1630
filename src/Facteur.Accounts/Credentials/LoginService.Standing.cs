using System.Globalization;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Logins of some time ago: whether they would be let in now, wherever they came from.</summary>
public sealed partial class LoginService
{
    /// <summary>Whether the rules have a protocol on for an account.</summary>
    public async ValueTask<bool> IsOnAsync(AccountRecord account, MailProtocol protocol, CancellationToken cancel) => (await Policies.EffectiveAsync(account, cancel))[protocol].On.Value;

    /// <summary>Whether the credential of a login is still there, as it was, and its person may still use the account.</summary>
    /// <param name="account">The person's own, or a shared one.</param>
    /// <param name="credentialName">See <see cref="Account.CredentialName"/>.</param>
    /// <param name="since">When the login was: a password that was set later is another.</param>
    /// <param name="hasGrant">Whether an account still lets a program in that brings tokens.</param>
    public async ValueTask<bool> StandsAsync(
        AccountRecord person, AccountId account, string credentialName, MailProtocol protocol, DateTimeOffset since,
        Func<AccountId, string, CancellationToken, ValueTask<bool>> hasGrant, CancellationToken cancel)
    {
        if (!person.Enabled || !await IsOnAsync(person, protocol, cancel)) return false;
        if (account != person.Id && (await RightsAsync(person.Id, account, cancel) is not { } rights || !rights.HasFlag(ShareRights.Read))) return false;
        var parts = credentialName.Split(' ', 3);
        if (parts.Length != 3 || !Enum.TryParse<CredentialKind>(parts[0], out var kind)) return false;
        if (kind == CredentialKind.AccessToken) return await hasGrant(person.Id, parts[2], cancel);
        // A password that is checked elsewhere is known there alone.
        if (parts[1].Length == 0) return kind == CredentialKind.Password;
        return long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && (await directory.ListCredentialsAsync(person.Id, cancel)).Any(one => one.Id == id && one.Created <= since);
    }
}
