using System.Text.Json;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Accounts.Sessions;

/// <summary>
/// Sign-in on the web: a password, then a code when the account has a second factor; or a passkey; or the word of another provider.
/// Invariants: passwords for apps open nothing here; what waits for a code is no session; each step that succeeds makes a new secret.
/// </summary>
public sealed class SignInService(MailStore store, LoginService logins, WebSessions sessions, TotpService totp, PolicyService policy, TimeProvider time)
{
    private const string PendingSpace = "web-pending";

    /// <summary>Codes tried within one sign-in; the account's own bound is <see cref="TotpService.Pause"/>.</summary>
    private const int MaxCodesPerSignIn = 5;
    private static readonly TimeSpan pendingTime = TimeSpan.FromMinutes(10);

    /// <summary>First step with a password.</summary>
    public async ValueTask<SignInAnswer> PasswordAsync(string user, string password, LoginClient client, bool isLasting, CancellationToken cancel)
    {
        var result = await logins.LoginAsync(new LoginAttempt(user, password, client), cancel);
        if (result.Account is not { } account) return SignInAnswer.Refused(result.Refusal, result.Reason, result.Locale);
        // A password for a mail program must not open the page where passwords are changed (S-07).
        if (account.Credential is { Kind: not CredentialKind.Password } || account.Member is not null) return SignInAnswer.Refused(LoginRefusal.BadCredentials);
        if (await store.Directory.GetAccountAsync(account.Id, cancel) is not { Enabled: true } record) return SignInAnswer.Refused(LoginRefusal.BadCredentials);
        if (await totp.HasSecondFactorAsync(record.Id, cancel)) return await WaitForCodeAsync(record, isLasting, cancel);
        return await DoneAsync(record, SignInMethod.Password, isLasting, client, null, await policy.RequiresSecondFactorAsync(record, MailProtocol.Webmail, cancel), cancel);
    }

    /// <summary>Whether somebody who is signed in knows the password: asked again before what a borrowed browser must not do.</summary>
    public async ValueTask<bool> IsPasswordAsync(AccountRecord account, string password, LoginClient client, CancellationToken cancel) =>
        (await logins.LoginAsync(new LoginAttempt(account.Address, password, client), cancel)).Account is { Credential: null or { Kind: CredentialKind.Password } } same && same.Id == account.Id;

    /// <summary>Second step with a code of the authenticator or a recovery code.</summary>
    /// <param name="secret">Of the sign-in that waits.</param>
    public async ValueTask<SignInAnswer> CodeAsync(string secret, string code, LoginClient client, CancellationToken cancel)
    {
        if (await FindPendingAsync(secret, cancel) is not { } pending) return SignInAnswer.Refused(LoginRefusal.BadCredentials) with { BeginsAgain = true };
        var (key, account, isLasting) = pending;
        // Counted before the code is looked at: codes that come at once cannot be more than the limit.
        if (!await CountAsync(key, cancel))
        {
            await store.State.RemoveAsync(PendingSpace, key, cancel);
            return SignInAnswer.Refused(LoginRefusal.BadCredentials) with { BeginsAgain = true };
        }
        var result = await totp.VerifyAsync(account.Id, code, cancel);
        if (result != SecondFactorResult.Accepted) return SignInAnswer.Refused(result == SecondFactorResult.TooMany ? LoginRefusal.Busy : LoginRefusal.BadCredentials);
        if (!await store.State.RemoveAsync(PendingSpace, key, cancel)) return SignInAnswer.Refused(LoginRefusal.BadCredentials) with { BeginsAgain = true };
        return await DoneAsync(account, SignInMethod.PasswordAndCode, isLasting, client, null, false, cancel);
    }

    /// <summary>Whether a sign-in waits for its code under this secret.</summary>
    public async ValueTask<bool> IsWaitingAsync(string secret, CancellationToken cancel) => await FindPendingAsync(secret, cancel) is not null;

    /// <summary>A passkey was checked, its user verified by the device: two factors in one.</summary>
    public async ValueTask<SignInAnswer> PasskeyAsync(AccountRecord account, CredentialRecord passkey, LoginClient client, bool isLasting, CancellationToken cancel)
    {
        var used = new UsedCredential(CredentialKind.Passkey, passkey.Id, passkey.Label);
        if (!account.Enabled) return SignInAnswer.Refused(LoginRefusal.Disabled);
        if (await policy.CheckAsync(account, client, used, cancel) is { } reason) return SignInAnswer.Refused(LoginRefusal.NotAllowed, reason);
        return await DoneAsync(account, SignInMethod.Passkey, isLasting, client, passkey.Id, false, cancel);
    }

    /// <summary>Another provider says who it is. The account's own second factor is still asked for, unless the provider's word is enough.</summary>
    public async ValueTask<SignInAnswer> ExternalAsync(AccountRecord account, LoginClient client, bool isEnough, CancellationToken cancel)
    {
        if (!account.Enabled) return SignInAnswer.Refused(LoginRefusal.Disabled);
        if (await policy.CheckAsync(account, client, new UsedCredential(CredentialKind.Password), cancel) is { } reason) return SignInAnswer.Refused(LoginRefusal.NotAllowed, reason);
        if (!isEnough && await totp.HasSecondFactorAsync(account.Id, cancel)) return await WaitForCodeAsync(account, false, cancel);
        return await DoneAsync(account, SignInMethod.External, false, client, null, !isEnough && await policy.RequiresSecondFactorAsync(account, MailProtocol.Webmail, cancel), cancel);
    }

    private async ValueTask<SignInAnswer> DoneAsync(
        AccountRecord account, SignInMethod method, bool isLasting, LoginClient client, long? credential, bool mustEnroll, CancellationToken cancel)
    {
        var (session, secret) = await sessions.AddAsync(new NewSession(account, method, isLasting, client.Remote.ToString(), client.Program, credential, mustEnroll), cancel);
        return new SignInAnswer(secret, session, LoginRefusal.None);
    }

    private async ValueTask<SignInAnswer> WaitForCodeAsync(AccountRecord account, bool isLasting, CancellationToken cancel)
    {
        var secret = OpaqueToken.New();
        var row = new PendingSignInRow(account.Id.Value, account.CredentialVersion, isLasting);
        var json = JsonSerializer.SerializeToUtf8Bytes(row, SessionJson.Default.PendingSignInRow);
        await store.State.SetAsync(PendingSpace, [new StateEntry(OpaqueToken.Hash(secret), Value: json, Expires: time.GetUtcNow() + pendingTime)], cancel);
        return new SignInAnswer(secret, null, LoginRefusal.None);
    }

    private async ValueTask<(string Key, AccountRecord Account, bool IsLasting)?> FindPendingAsync(string secret, CancellationToken cancel)
    {
        if (secret.Length > OpaqueToken.MaxLength) return null;
        var key = OpaqueToken.Hash(secret);
        if (await store.State.GetAsync(PendingSpace, key, cancel) is not { Value: { } json }) return null;
        var row = JsonSerializer.Deserialize(json, SessionJson.Default.PendingSignInRow)!;
        return await store.Directory.GetAccountAsync(new AccountId(row.Account), cancel) is { Enabled: true } account && account.CredentialVersion == row.Version
            ? (key, account, row.IsLasting) : null;
    }

    /// <summary>Counts one more try; false when that is too many.</summary>
    private async ValueTask<bool> CountAsync(string key, CancellationToken cancel)
    {
        await store.State.AddAsync(PendingSpace, [new StateChange(key, 1, 0, Expires: time.GetUtcNow() + pendingTime)], cancel);
        return await store.State.GetAsync(PendingSpace, key, cancel) is { } entry && entry.First <= MaxCodesPerSignIn;
    }
}
