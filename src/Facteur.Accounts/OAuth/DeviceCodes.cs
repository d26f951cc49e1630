using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Facteur.Accounts.Sessions;
using Facteur.Storage;

namespace Facteur.Accounts.OAuth;

/// <summary>What a device is given to begin with (RFC 8628 §3.2).</summary>
/// <param name="UserCode">What a person types, "WDJB-MJHT".</param>
public sealed record DeviceCode(string Code, string UserCode, TimeSpan Life, TimeSpan Interval);

/// <summary>A device that waits for somebody to agree.</summary>
public sealed record WaitingDevice(string Key, OAuthClient Client, OAuthScopes Scopes, string Remote, string UserCode);

/// <summary>Tokens for devices without a browser (RFC 8628).</summary>
public sealed class DeviceCodes(MailStore store, OAuthClients clients, OAuthGrants grants, OAuthTokens tokens, TimeProvider time)
{
    private const string Space = "oauth-device", UserSpace = "oauth-user-code", PollSpace = "oauth-device-poll", TrySpace = "oauth-user-code-try";

    // RFC 8628 §6.1: no vowels, so that no words come out; 20^8 codes.
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int CodeLetters = 8;

    /// <summary>Wrong codes that one account may type within <see cref="life"/> (RFC 8628 §5.1).</summary>
    private const int MaxTries = 10;
    private static readonly TimeSpan life = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan firstInterval = TimeSpan.FromSeconds(5);

    /// <param name="remote">Address of the device, shown to who agrees (RFC 8628 §5.4).</param>
    public async ValueTask<DeviceCode> BeginAsync(OAuthClient client, OAuthScopes scopes, string remote, CancellationToken cancel)
    {
        var code = "d." + OpaqueToken.New();
        var key = OpaqueToken.Hash(code);
        var userCode = RandomNumberGenerator.GetString(Letters, CodeLetters);
        var expires = time.GetUtcNow() + life;
        await WriteAsync(key, new DeviceCodeRow(client.Id, scopes, userCode, remote, null, false), expires, cancel);
        await store.State.SetAsync(UserSpace, [new StateEntry(userCode, Value: System.Text.Encoding.ASCII.GetBytes(key), Expires: expires)], cancel);
        return new DeviceCode(code, Shown(userCode), life, firstInterval);
    }

    /// <summary>The device that shows a code; null when none does, or this account tried too many.</summary>
    public async ValueTask<WaitingDevice?> FindAsync(AccountId account, string userCode, CancellationToken cancel)
    {
        var tries = account.Value.ToString(CultureInfo.InvariantCulture);
        if (await store.State.GetAsync(TrySpace, tries, cancel) is { First: >= MaxTries }) return null;
        var bare = string.Concat(userCode.ToUpperInvariant().Where(char.IsAsciiLetterUpper).Take(CodeLetters + 1));
        if (bare.Length == CodeLetters && await store.State.GetAsync(UserSpace, bare, cancel) is { Value: { } hash })
        {
            var key = System.Text.Encoding.ASCII.GetString(hash);
            if (await ReadAsync(key, cancel) is { Row: { Grant: null, IsDenied: false } row } && await clients.FindAsync(row.Client, cancel) is { } client)
                return new WaitingDevice(key, client, row.Scopes, row.Remote, Shown(bare));
        }
        await store.State.AddAsync(TrySpace, [new StateChange(tries, 1, 0, Expires: time.GetUtcNow() + life)], cancel);
        return null;
    }

    /// <summary>Somebody agreed, or said no. False when it is too late.</summary>
    public async ValueTask<bool> AnswerAsync(WaitingDevice device, AccountRecord account, bool agrees, CancellationToken cancel)
    {
        // The code is good for one answer; removing it is what only one of several can do.
        if (!await store.State.RemoveAsync(UserSpace, Bare(device.UserCode), cancel) || await ReadAsync(device.Key, cancel) is not { } read) return false;
        string? grant = null;
        if (agrees)
        {
            grant = OAuthGrants.NewKey(account.Id);
            await grants.AddAsync(grant, account.Id, device.Client, device.Scopes, device.Remote, life, cancel);
        }
        await WriteAsync(device.Key, read.Row with { Grant = grant, IsDenied = !agrees }, read.Expires, cancel);
        return true;
    }

    /// <summary>The device asks whether somebody agreed (RFC 8628 §3.4 and §3.5).</summary>
    public async ValueTask<TokenSet> RedeemAsync(OAuthClient client, string code, CancellationToken cancel)
    {
        if (code.Length > OpaqueToken.MaxLength) throw OAuthException.InvalidGrant("the device code is not one of this server");
        var key = OpaqueToken.Hash(code);
        if (await ReadAsync(key, cancel) is not { } read || read.Row.Client != client.Id) throw new OAuthException("expired_token", "the device code is too old, or was used");
        if (read.Row.IsDenied) throw new OAuthException("access_denied", "the request was refused");
        if (read.Row.Grant is not { } grant)
        {
            if (await IsTooSoonAsync(key, read.Expires, cancel)) throw new OAuthException("slow_down", "wait five seconds longer between requests");
            throw new OAuthException("authorization_pending", "nobody has agreed yet");
        }
        if (!await store.State.RemoveAsync(Space, key, cancel)) throw OAuthException.InvalidGrant("the device code was used");
        if (await grants.FindAsync(grant, cancel) is not { } found) throw OAuthException.InvalidGrant("the grant was withdrawn");
        await clients.NoteUsedAsync(client, cancel);
        return await tokens.IssueAsync(found.Grant, found.Grant.Scopes, cancel);
    }

    /// <summary>RFC 8628 §3.5: who asks too soon has to wait five seconds longer from then on.</summary>
    private async ValueTask<bool> IsTooSoonAsync(string key, DateTimeOffset expires, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var last = await store.State.GetAsync(PollSpace, key, cancel);
        var interval = last?.Second ?? (long)firstInterval.TotalMilliseconds;
        // A second of grace: clocks and networks are not exact.
        var isTooSoon = last is not null && now.ToUnixTimeMilliseconds() - last.First < interval - 1_000;
        if (isTooSoon) interval += 5_000;
        await store.State.SetAsync(PollSpace, [new StateEntry(key, now.ToUnixTimeMilliseconds(), interval, Expires: expires)], cancel);
        return isTooSoon;
    }

    private async ValueTask<(DeviceCodeRow Row, DateTimeOffset Expires)?> ReadAsync(string key, CancellationToken cancel) =>
        await store.State.GetAsync(Space, key, cancel) is { Value: { } json, Expires: { } expires } ? (JsonSerializer.Deserialize(json, OAuthJson.Default.DeviceCodeRow)!, expires) : null;

    private ValueTask WriteAsync(string key, DeviceCodeRow row, DateTimeOffset expires, CancellationToken cancel) =>
        store.State.SetAsync(Space, [new StateEntry(key, Value: JsonSerializer.SerializeToUtf8Bytes(row, OAuthJson.Default.DeviceCodeRow), Expires: expires)], cancel);

    private static string Shown(string bare) => $"{bare[..4]}-{bare[4..]}";

    private static string Bare(string shown) => shown.Replace("-", "", StringComparison.Ordinal);
}
