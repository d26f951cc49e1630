using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>A directory elsewhere (LDAP) that passwords of some domains are checked against.</summary>
public interface IExternalPasswords
{
    /// <summary>
    /// Whether the password is right; null when passwords of this user's domain are ours. Throws when the directory does not answer,
    /// which is a temporary refusal. Asked outside of the line of hashes, one at a time per client address.
    /// </summary>
    /// <param name="user">User name in normal form, an address in full.</param>
    /// <param name="account">Null for a user that has no account here: the answer must cost the same time, and cannot let in.</param>
    ValueTask<bool?> CheckAsync(string user, AccountRecord? account, string password, CancellationToken cancel);
}
