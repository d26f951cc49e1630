using Facteur.Storage;

namespace Facteur.Accounts.Sessions;

/// <summary>
/// When the password of an account was set: what sessions and grants are held against, since they end with the password. The credential
/// version of the account will not do; it grows when an app password is removed, too.
/// </summary>
internal static class PasswordStamp
{
    /// <summary>Null for an account without a password of its own.</summary>
    public static async ValueTask<DateTimeOffset?> OfAsync(DirectoryStore directory, AccountId account, CancellationToken cancel) => Of(await directory.ListCredentialsAsync(account, cancel));

    public static DateTimeOffset? Of(IReadOnlyList<CredentialRecord> credentials) => credentials.FirstOrDefault(one => one.Kind == CredentialKinds.Password)?.Created;
}
