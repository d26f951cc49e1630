using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Buffers.Text;
using Facteur.Accounts.Sessions;
using Facteur.Storage;

namespace Facteur.Accounts.OAuth;

/// <summary>What the token endpoint answers (RFC 6749 §5.1).</summary>
/// <param name="Refresh">Null without the scope for it.</param>
public sealed record TokenSet(string Access, TimeSpan AccessLife, string? Refresh, OAuthScopes Scopes);

/// <summary>A token that is good, for introspection (RFC 7662 §2.2).</summary>
public sealed record TokenState(OAuthGrant Grant, AccountRecord Account, OAuthScopes Scopes, DateTimeOffset? Expires, bool IsRefresh);

/// <summary>
/// Codes and tokens. Each is a kind, the key of its grant and 256 random bits; the store has its SHA-256. A code or refresh token is used
/// up by removing its row, which only one of several can do; whoever comes with one that is used up holds a copy, and the grant ends
/// (RFC 6749 §4.1.2 and §10.4).
/// </summary>
public sealed class OAuthTokens(MailStore store, OAuthClients clients, OAuthGrants grants, TimeProvider time) : IAccessTokens
{
    private const string CodeSpace = "oauth-code", AccessSpace = "oauth-access", RefreshSpace = "oauth-refresh";
    private const char CodeKind = 'c', AccessKind = 'a', RefreshKind = 'r';

    /// <summary>RFC 6749 §4.1.2: ten minutes at most; a browser takes it to the program at once.</summary>
    private static readonly TimeSpan codeLife = TimeSpan.FromMinutes(2);

    /// <summary>Makes a code for what somebody agreed to.</summary>
    public async ValueTask<string> IssueCodeAsync(AccountRecord account, AuthorizationRequest request, string remote, CancellationToken cancel)
    {
        var key = OAuthGrants.NewKey(account.Id);
        await grants.AddAsync(key, account.Id, request.Client, request.Scopes, remote, codeLife, cancel);
        var code = New(CodeKind, key);
        var row = new AuthorizationCodeRow(request.Client.Id, request.RedirectUri, request.Challenge, request.Scopes);
        await WriteAsync(CodeSpace, code, JsonSerializer.SerializeToUtf8Bytes(row, OAuthJson.Default.AuthorizationCodeRow), codeLife, cancel);
        return code;
    }

    /// <summary>Exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.6).</summary>
    public async ValueTask<TokenSet> RedeemCodeAsync(OAuthClient client, string code, string redirectUri, string verifier, CancellationToken cancel)
    {
        if (GrantOf(code, CodeKind) is not { } key) throw OAuthException.InvalidGrant("the code is not one of this server");
        var entry = await store.State.GetAsync(CodeSpace, OpaqueToken.Hash(code), cancel);
        if (entry?.Value is not { } json || !await store.State.RemoveAsync(CodeSpace, OpaqueToken.Hash(code), cancel))
        {
            await grants.RevokeAsync(key, cancel);
            throw OAuthException.InvalidGrant("the code was used or is too old");
        }
        var row = JsonSerializer.Deserialize(json, OAuthJson.Default.AuthorizationCodeRow)!;
        if (row.Client != client.Id || row.RedirectUri != redirectUri || !IsVerifierOf(row.Challenge, verifier))
        {
            await grants.RevokeAsync(key, cancel);
            throw OAuthException.InvalidGrant("client_id, redirect_uri or code_verifier is not the one of the request");
        }
        if (await grants.FindAsync(key, cancel) is not { } found) throw OAuthException.InvalidGrant("the grant was withdrawn");
        await clients.NoteUsedAsync(client, cancel);
        return await IssueAsync(found.Grant, row.Scopes, cancel);
    }

    /// <summary>Gives new tokens for a refresh token, which is used up (RFC 6749 §6).</summary>
    /// <param name="narrowed">Less than was granted, or null for all of it.</param>
    public async ValueTask<TokenSet> RefreshAsync(OAuthClient client, string token, OAuthScopes? narrowed, CancellationToken cancel)
    {
        if (GrantOf(token, RefreshKind) is not { } key) throw OAuthException.InvalidGrant("the refresh token is not one of this server");
        if (await grants.FindAsync(key, cancel) is not { } found || found.Grant.Client != client.Id) throw OAuthException.InvalidGrant("the grant was withdrawn, or is another client's");
        // Before the token is used up: an error of the client's writing must not cost it.
        if (narrowed is { } some && (some & ~found.Grant.Scopes) != OAuthScopes.None) throw new OAuthException("invalid_scope", "more than was granted");
        if (!await store.State.RemoveAsync(RefreshSpace, OpaqueToken.Hash(token), cancel))
        {
            await grants.RevokeAsync(key, cancel);
            throw OAuthException.InvalidGrant("the refresh token was used before: the grant is withdrawn, for somebody has a copy");
        }
        await clients.NoteUsedAsync(client, cancel);
        return await IssueAsync(found.Grant, (narrowed ?? found.Grant.Scopes) | OAuthScopes.Offline, cancel);
    }

    /// <summary>Makes tokens from a grant that was just given or refreshed.</summary>
    internal async ValueTask<TokenSet> IssueAsync(OAuthGrant grant, OAuthScopes scopes, CancellationToken cancel)
    {
        var setting = await clients.SettingAsync(cancel);
        var keep = OAuthGrants.Keep(grant.Scopes, setting);
        var life = TimeSpan.FromMinutes(setting.AccessMinutes);
        await grants.KeepAsync(grant, keep, cancel);
        var access = New(AccessKind, grant.Key);
        var row = JsonSerializer.SerializeToUtf8Bytes(new AccessTokenRow(grant.Key, scopes & ~OAuthScopes.Offline), OAuthJson.Default.AccessTokenRow);
        await WriteAsync(AccessSpace, access, row, life, cancel);
        if (!grant.Scopes.HasFlag(OAuthScopes.Offline)) return new TokenSet(access, life, null, scopes);
        var refresh = New(RefreshKind, grant.Key);
        await WriteAsync(RefreshSpace, refresh, null, keep, cancel);
        return new TokenSet(access, life, refresh, scopes);
    }

    /// <inheritdoc/>
    public async ValueTask<(AccountId Account, IReadOnlyCollection<MailProtocol> Scope, string Client)?> FindAsync(string token, CancellationToken cancel)
    {
        if (await InspectAccessAsync(token, cancel) is not { } state) return null;
        await grants.NoteUsedAsync(state.Grant, cancel);
        return (state.Account.Id, OAuthScopeNames.Protocols(state.Scopes), state.Grant.ClientName);
    }

    /// <summary>What a token is good for; null when it is not (RFC 7662 §2.2).</summary>
    public async ValueTask<TokenState?> InspectAsync(string token, CancellationToken cancel)
    {
        if (await InspectAccessAsync(token, cancel) is { } access) return access;
        if (GrantOf(token, RefreshKind) is not { } key || await store.State.GetAsync(RefreshSpace, OpaqueToken.Hash(token), cancel) is not { } entry) return null;
        return await grants.FindAsync(key, cancel) is { } found ? new TokenState(found.Grant, found.Account, found.Grant.Scopes, entry.Expires, true) : null;
    }

    /// <summary>
    /// Withdraws a token of a client (RFC 7009): a refresh token takes the whole grant with it, an access token goes alone. Unknown tokens are
    /// passed over, as are those of other clients.
    /// </summary>
    public async ValueTask RevokeAsync(OAuthClient client, string token, CancellationToken cancel)
    {
        if (await InspectAsync(token, cancel) is not { } state || state.Grant.Client != client.Id) return;
        if (state.IsRefresh) await grants.RevokeAsync(state.Grant.Key, cancel);
        else await store.State.RemoveAsync(AccessSpace, OpaqueToken.Hash(token), cancel);
    }

    private async ValueTask<TokenState?> InspectAccessAsync(string token, CancellationToken cancel)
    {
        if (GrantOf(token, AccessKind) is not { } key || await store.State.GetAsync(AccessSpace, OpaqueToken.Hash(token), cancel) is not { Value: { } json } entry) return null;
        var row = JsonSerializer.Deserialize(json, OAuthJson.Default.AccessTokenRow)!;
        return row.Grant == key && await grants.FindAsync(key, cancel) is { } found ? new TokenState(found.Grant, found.Account, row.Scopes, entry.Expires, false) : null;
    }

    private ValueTask WriteAsync(string space, string token, byte[]? json, TimeSpan life, CancellationToken cancel) =>
        store.State.SetAsync(space, [new StateEntry(OpaqueToken.Hash(token), Value: json, Expires: time.GetUtcNow() + life)], cancel);

    /// <summary>code_challenge = BASE64URL(SHA256(code_verifier)) (RFC 7636 §4.6).</summary>
    private static bool IsVerifierOf(string challenge, string verifier) =>
        AuthorizationRequest.IsVerifier(verifier) && OpaqueToken.Same(challenge, Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));

    private static string New(char kind, string grant) => $"{kind}.{grant}.{OpaqueToken.New()}";

    /// <summary>The key of the grant inside a token, "kind.account.number.secret"; null for what is none of that kind.</summary>
    private static string? GrantOf(string token, char kind)
    {
        if (token.Length is < 4 or > OpaqueToken.MaxLength || token[0] != kind || token[1] != '.') return null;
        var end = token.LastIndexOf('.');
        return end > 2 && AccountKey.AccountOf(token[2..end]) is not null ? token[2..end] : null;
    }
}
