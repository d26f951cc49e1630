using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Storage;
using Microsoft.AspNetCore.Identity;

namespace Facteur.Accounts.Passkeys;

/// <summary>What of a passkey is kept beside its id: public key, counter, what its device said of it.</summary>
internal sealed record PasskeyValue(byte[] PublicKey, uint SignCount, string[] Transports, bool IsUserVerified, bool IsBackupEligible, bool IsBackedUp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PasskeyValue))]
internal sealed partial class PasskeyJson : JsonSerializerContext;

/// <summary>
/// Passkeys of accounts in the directory, as ASP.NET Core Identity asks for them. Of Identity nothing else is used: it checks attestations and
/// assertions (WebAuthn level 3), we keep accounts.
/// </summary>
public sealed class PasskeyStore(DirectoryStore directory) : IUserPasskeyStore<AccountRecord>
{

    /// <summary>Passkeys of one account.</summary>
    public const int MaxPerAccount = 50;

    public async ValueTask<IReadOnlyList<CredentialRecord>> ListAsync(AccountId account, CancellationToken cancel) =>
        [.. (await directory.ListCredentialsAsync(account, cancel)).Where(one => one.Kind == CredentialKinds.Passkey)];

    /// <summary>The credential of a passkey by its id; null when there is none.</summary>
    public ValueTask<CredentialRecord?> FindAsync(byte[] credentialId, CancellationToken cancel) => directory.FindCredentialAsync(CredentialKinds.Passkey, Base64Url.EncodeToString(credentialId), cancel);

    /// <inheritdoc/>
    public async Task AddOrUpdatePasskeyAsync(AccountRecord user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var value = JsonSerializer.Serialize(
            new PasskeyValue(passkey.PublicKey, passkey.SignCount, passkey.Transports ?? [], passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp), PasskeyJson.Default.PasskeyValue);
        var known = await FindAsync(passkey.CredentialId, cancellationToken);
        if (known is not null && known.Account != user.Id) throw new AccountRuleException("This passkey belongs to another account.") { Rule = "PasskeyOther" };
        if (known is not null)
        {
            await directory.UpdateCredentialAsync(known with { Value = value }, cancellationToken);
            return;
        }
        if ((await ListAsync(user.Id, cancellationToken)).Count >= MaxPerAccount) throw new AccountRuleException($"An account has at most {MaxPerAccount} passkeys; remove one first.") { Rule = "PasskeyCount", Arguments = [MaxPerAccount] };
        await directory.AddCredentialAsync(
            new CredentialRecord(0, user.Id, CredentialKinds.Passkey, value, default) { Label = passkey.Name ?? "", Lookup = Base64Url.EncodeToString(passkey.CredentialId) }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(AccountRecord user, CancellationToken cancellationToken) => [.. (await ListAsync(user.Id, cancellationToken)).Select(Read)];

    /// <inheritdoc/>
    public async Task<AccountRecord?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await FindAsync(credentialId, cancellationToken) is { } found ? await directory.GetAccountAsync(found.Account, cancellationToken) : null;

    /// <inheritdoc/>
    public async Task<UserPasskeyInfo?> FindPasskeyAsync(AccountRecord user, byte[] credentialId, CancellationToken cancellationToken) =>
        await FindAsync(credentialId, cancellationToken) is { } found && found.Account == user.Id ? Read(found) : null;

    /// <inheritdoc/>
    public async Task RemovePasskeyAsync(AccountRecord user, byte[] credentialId, CancellationToken cancellationToken)
    {
        if (await FindAsync(credentialId, cancellationToken) is { } found && found.Account == user.Id) await directory.RemoveCredentialAsync(found, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<string> GetUserIdAsync(AccountRecord user, CancellationToken cancellationToken) => Task.FromResult(user.Id.Value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public Task<string?> GetUserNameAsync(AccountRecord user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Address);

    /// <inheritdoc/>
    public Task<string?> GetNormalizedUserNameAsync(AccountRecord user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Address);

    /// <inheritdoc/>
    public async Task<AccountRecord?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await directory.GetAccountAsync(new AccountId(id), cancellationToken) : null;

    /// <inheritdoc/>
    public async Task<AccountRecord?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => await directory.FindAccountAsync(normalizedUserName, cancellationToken);

    /// <inheritdoc/>
    public Task SetUserNameAsync(AccountRecord user, string? userName, CancellationToken cancellationToken) => throw NotHere();

    /// <inheritdoc/>
    public Task SetNormalizedUserNameAsync(AccountRecord user, string? normalizedName, CancellationToken cancellationToken) => throw NotHere();

    /// <inheritdoc/>
    public Task<IdentityResult> CreateAsync(AccountRecord user, CancellationToken cancellationToken) => throw NotHere();

    /// <inheritdoc/>
    public Task<IdentityResult> UpdateAsync(AccountRecord user, CancellationToken cancellationToken) => throw NotHere();

    /// <inheritdoc/>
    public Task<IdentityResult> DeleteAsync(AccountRecord user, CancellationToken cancellationToken) => throw NotHere();

    public void Dispose()
    {
    }

    // The interface has more than passkeys; accounts are changed by AccountService alone.
    private static NotSupportedException NotHere() => new("accounts are changed by AccountService");

    private static UserPasskeyInfo Read(CredentialRecord credential)
    {
        var value = JsonSerializer.Deserialize(credential.Value, PasskeyJson.Default.PasskeyValue)!;
        return new UserPasskeyInfo(
            Base64Url.DecodeFromChars(credential.Lookup), value.PublicKey, credential.Created, value.SignCount, value.Transports, value.IsUserVerified, value.IsBackupEligible, value.IsBackedUp, [], [])
        {
            Name = credential.Label,
        };
    }
}
