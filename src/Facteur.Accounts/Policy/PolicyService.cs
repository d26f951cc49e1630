using Facteur.Storage;

namespace Facteur.Accounts.Policy;

/// <summary>Who may use what, from where and how: rules of the site, narrowed by domains, groups and accounts, and the choices of the owner.</summary>
public sealed class PolicyService(DirectoryStore directory, SettingsStore settings)
{
    /// <summary>Why an account may not be used by this client with this credential; null when it may.</summary>
    public ValueTask<AccessRefusal?> CheckAsync(AccountRecord account, LoginClient client, UsedCredential credential, CancellationToken cancel)
    {
        _ = (directory, settings, account, client, credential, cancel);
        return default;
    }
}
