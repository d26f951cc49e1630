using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>An app password as it was made; <see cref="Secret"/> is seen this one time.</summary>
public sealed record NewAppPassword(CredentialRecord Credential, string Secret);

/// <summary>
/// Passwords for programs: made by the server, each for one program, withdrawn alone. They cost no slow hash, for nobody can try out
/// 128 bits, and they never reach the settings of the account.
/// </summary>
public sealed class AppPasswords
{
    /// <summary>Of one account; what SCRAM looks through at a login.</summary>
    public const int MaxPerAccount = 100;

    private const int MaxLabel = 100;

    private readonly DirectoryStore directory;
    private readonly ScramSecrets scram;
    private readonly TimeProvider time;

    public AppPasswords(MailStore store, LoginOptions options, TimeProvider time)
    {
        directory = store.Directory;
        this.time = time;
        scram = new ScramSecrets(store.Settings, options);
    }

    /// <param name="label">What it is for ("phone"): the owner finds it again by that.</param>
    public async ValueTask<NewAppPassword> AddAsync(AccountRecord account, string label, AppPasswordLimits limits, CancellationToken cancel)
    {
        label = label.Trim();
        if (label.Length is 0 or > MaxLabel || label.Any(char.IsControl)) throw new AccountRuleException($"An app password has a name of 1 to {MaxLabel} characters, such as \"phone\".") { Rule = "AppLabel", Arguments = [MaxLabel] };
        if (limits.Fault(time.GetUtcNow()) is { } fault) throw new AccountRuleException(fault);
        if ((await ListAsync(account.Id, cancel)).Count >= MaxPerAccount) throw new AccountRuleException($"{account.Address} has {MaxPerAccount} app passwords; remove some first.") { Rule = "AppCount", Arguments = [MaxPerAccount] };
        var secret = AppPasswordText.NewSecret();
        var shown = AppPasswordText.Shown(secret);
        var salt = await scram.SaltAsync(account.Id, cancel);
        // SCRAM proves the text that was typed: as it was shown, or without its separators.
        var value = $"{scram.MakeVerifier(shown, salt)} {scram.MakeVerifier(AppPasswordText.Compact(secret), salt)}";
        var credential = await directory.AddCredentialAsync(
            new CredentialRecord(0, account.Id, CredentialKinds.AppPassword, value, default) { Label = label, Lookup = AppPasswordText.LookupOf(secret), Detail = limits.ToDetail() }, cancel);
        return new NewAppPassword(credential, shown);
    }

    public async ValueTask<IReadOnlyList<CredentialRecord>> ListAsync(AccountId account, CancellationToken cancel) =>
        [.. (await directory.ListCredentialsAsync(account, cancel)).Where(credential => credential.Kind == CredentialKinds.AppPassword)];

    public static AppPasswordLimits LimitsOf(CredentialRecord credential) => AppPasswordLimits.Of(credential.Detail);

    /// <summary>Withdraws it; sessions it let in end. False when the account has no such one.</summary>
    public async ValueTask<bool> RemoveAsync(AccountId account, long id, CancellationToken cancel) =>
        (await ListAsync(account, cancel)).FirstOrDefault(one => one.Id == id) is { } found && await directory.RemoveCredentialAsync(found, cancel);
}
