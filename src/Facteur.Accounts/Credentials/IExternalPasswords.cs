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
    /// <param name="account">Null for a user that has no account here: the answer must cost the same time. It lets in only when the account was made by it.</param>
    ValueTask<bool?> CheckAsync(string user, AccountRecord? account, string password, CancellationToken cancel);

    /// <summary>This user's password is checked there: one that is kept here, or a SCRAM verifier of it, does not count.</summary>
    ValueTask<bool> IsResponsibleAsync(string user, AccountRecord? account, CancellationToken cancel);

    /// <summary>Some domain's passwords are checked there. Then SCRAM is not offered: a client that takes it would not fall back to PLAIN.</summary>
    ValueTask<bool> IsUsedAsync(CancellationToken cancel);
}
