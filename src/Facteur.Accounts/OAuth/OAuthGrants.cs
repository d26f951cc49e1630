using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Facteur.Accounts.Sessions;
using Facteur.Storage;

namespace Facteur.Accounts.OAuth;

/// <summary>What an account has given to a program.</summary>
/// <param name="Key">Account and number of the grant; part of every token made from it.</param>
public sealed record OAuthGrant(
    string Key, AccountId Account, string Client, string ClientName, OAuthScopes Scopes, DateTimeOffset Created, DateTimeOffset LastUsed, string Remote)
{
    /// <summary>What pages and the command line call it by.</summary>
    public string Name => OpaqueToken.Hash(Key)[..12];

    internal DateTimeOffset? PasswordSet { get; init; }
}

/// <summary>
/// Grants of accounts. All tokens that were ever made from one hang on its row, so that withdrawing it ends them all at once. A withdrawn
/// grant is marked, not removed: a refresh that runs at the same moment cannot bring it back.
/// </summary>
public sealed class OAuthGrants(MailStore store, OAuthClients clients, TimeProvider time)
{
    private const string Space = "oauth-grant";

    /// <summary>Grants of one account; with more, the one that was not used for longest ends.</summary>
    public const int MaxPerAccount = 100;
    private static readonly TimeSpan noteUseEvery = TimeSpan.FromMinutes(10);

    internal static string NewKey(AccountId account) =>
        AccountKey.Prefix(account) + RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Good grants of an account, the last used first.</summary>
    public async ValueTask<IReadOnlyList<OAuthGrant>> ListAsync(AccountId account, CancellationToken cancel)
    {
        var grants = new List<OAuthGrant>();
        foreach (var entry in await store.State.ListAsync(Space, AccountKey.Prefix(account), null, 4 * MaxPerAccount, cancel))
            if (Read(entry) is { } grant) grants.Add(grant);
        return [.. grants.OrderByDescending(one => one.LastUsed)];
    }

    /// <summary>The grant and its account when both are good.</summary>
    internal async ValueTask<(OAuthGrant Grant, AccountRecord Account)?> FindAsync(string key, CancellationToken cancel)
    {
        if (await store.State.GetAsync(Space, key, cancel) is not { } entry || Read(entry) is not { } grant) return null;
        if (await store.Directory.GetAccountAsync(grant.Account, cancel) is not { Enabled: true } account) return null;
        // With a program that was removed goes all that it has.
        if (await clients.FindAsync(grant.Client, cancel) is null) return null;
        return await IsOutdatedAsync(grant, cancel) ? null : (grant, account);
    }

    /// <summary>Writes a grant before anything is made from it.</summary>
    internal async ValueTask<OAuthGrant> AddAsync(string key, AccountId account, OAuthClient client, OAuthScopes scopes, string remote, TimeSpan keep, CancellationToken cancel)
    {
        foreach (var oldest in (await ListAsync(account, cancel)).Skip(MaxPerAccount - 1)) await RevokeAsync(oldest.Key, cancel);
        var now = time.GetUtcNow();
        var grant = new OAuthGrant(key, account, client.Id, client.Name, scopes, now, now, remote) { PasswordSet = await PasswordStamp.OfAsync(store.Directory, account, cancel) };
        await WriteAsync(grant, keep, cancel);
        return grant;
    }

    /// <summary>Keeps a grant for longer; one that was withdrawn meanwhile stays so.</summary>
    internal ValueTask KeepAsync(OAuthGrant grant, TimeSpan keep, CancellationToken cancel) => WriteAsync(grant with { LastUsed = time.GetUtcNow() }, keep, cancel);

    internal async ValueTask NoteUsedAsync(OAuthGrant grant, CancellationToken cancel)
    {
        if (time.GetUtcNow() - grant.LastUsed < noteUseEvery) return;
        var setting = await clients.SettingAsync(cancel);
        await KeepAsync(grant, Keep(grant.Scopes, setting), cancel);
    }

    /// <summary>How long a grant lasts without being used.</summary>
    internal static TimeSpan Keep(OAuthScopes scopes, OAuthSetting setting) =>
        scopes.HasFlag(OAuthScopes.Offline) ? TimeSpan.FromDays(setting.RefreshDays) : TimeSpan.FromMinutes(setting.AccessMinutes);

    /// <summary>Raised after a grant was withdrawn, with the name of its program.</summary>
    public event Action<AccountId, string>? Withdrawn;

    /// <summary>Ends all that was made from a grant.</summary>
    public async ValueTask RevokeAsync(string key, CancellationToken cancel)
    {
        // A key that somebody made up ends nothing, and leaves nothing behind.
        if (await store.State.GetAsync(Space, key, cancel) is not { } entry || Read(entry) is not { } grant) return;
        // The mark stays as long as the longest token could.
        await store.State.AddAsync(Space, [new StateChange(key, 1, 0, Expires: time.GetUtcNow() + TimeSpan.FromDays(366))], cancel);
        Withdrawn?.Invoke(grant.Account, grant.ClientName);
    }

    public async ValueTask RevokeAllAsync(AccountId account, CancellationToken cancel)
    {
        foreach (var grant in await ListAsync(account, cancel)) await RevokeAsync(grant.Key, cancel);
    }

    /// <summary>Whether the password changed since, and the site wants grants to end then.</summary>
    private async ValueTask<bool> IsOutdatedAsync(OAuthGrant grant, CancellationToken cancel) =>
        (await clients.SettingAsync(cancel)).EndOnPasswordChange && await PasswordStamp.OfAsync(store.Directory, grant.Account, cancel) != grant.PasswordSet;

    // Adding nothing to the counter keeps the mark of a grant that was withdrawn.
    private ValueTask WriteAsync(OAuthGrant grant, TimeSpan keep, CancellationToken cancel)
    {
        var row = new OAuthGrantRow(grant.Client, grant.ClientName, grant.Scopes, grant.Created, grant.PasswordSet, grant.LastUsed, grant.Remote);
        var json = JsonSerializer.SerializeToUtf8Bytes(row, OAuthJson.Default.OAuthGrantRow);
        return store.State.AddAsync(Space, [new StateChange(grant.Key, 0, 0, json, time.GetUtcNow() + keep)], cancel);
    }

    private static OAuthGrant? Read(StateEntry entry)
    {
        if (entry.First > 0 || entry.Value is not { } json || AccountKey.AccountOf(entry.Key) is not { } account) return null;
        var row = JsonSerializer.Deserialize(json, OAuthJson.Default.OAuthGrantRow)!;
        return new OAuthGrant(entry.Key, account, row.Client, row.ClientName, row.Scopes, row.Created, row.LastUsed, row.Remote) { PasswordSet = row.PasswordSet };
    }
}
