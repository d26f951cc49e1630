using Facteur.Storage;
using Microsoft.AspNetCore.Identity;

namespace Facteur.Accounts;

/// <summary>Logins by password.</summary>
public sealed partial class LoginService
{
    /// <summary>Who logs in, before a credential is looked at.</summary>
    /// <param name="User">In normal form; "" for a name that cannot be anybody's.</param>
    /// <param name="Target">The shared account that is asked for, or null.</param>
    /// <param name="Account">Of <paramref name="User"/>; null for a user that is not there.</param>
    /// <param name="Epoch">Security changes seen before <paramref name="Account"/> was read.</param>
    internal sealed record Subject(string User, string? Target, AccountRecord? Account, long Epoch)
    {
        public static readonly Subject Nobody = new("", null, null, 0);

        /// <summary>For questions that are asked alike whether the user is there or not: no account has this id.</summary>
        public AccountId IdOrNone => Account?.Id ?? default;
    }

    private async ValueTask<Verdict> CheckPasswordAsync(LoginAttempt attempt, CancellationToken cancel)
    {
        var client = attempt.Client;
        var password = NormalizePassword(attempt.Password);
        var subject = password is null ? Subject.Nobody : await FindAsync(attempt.UserName, attempt.AuthorizationId, cancel);
        password ??= "";
        var key = verified.KeyOf(subject.User, password);
        if (await RecallAsync(subject, key, password, cancel) is { } remembered) return await AdmitAsync(subject, remembered, client, cancel);

        var wasRight = subject.Account is { } account && verified.WasRight(key, account);
        return await InTurnAsync(
            subject, client, wasRight, key.A,
            async () =>
            {
                // The connection before this one in the line may have brought the same password; and the account may have changed.
                if (subject.Account is null) return null;
                subject = await FindAsync(attempt.UserName, attempt.AuthorizationId, cancel);
                return await RecallAsync(subject, key, password, cancel) is { } proof ? await AdmitAsync(subject, proof, client, cancel) : null;
            },
            async isKnown =>
            {
                if (await VerifyAsync(subject, password, isKnown, cancel) is not { } proof) return Wrong(subject);
                // A directory elsewhere makes accounts of its users at their first login.
                if (subject.Account is null) subject = await FindAsync(attempt.UserName, attempt.AuthorizationId, cancel);
                if (subject.Account is null) return Wrong(subject);
                verified.Add(key, subject.Account, proof);
                return await AdmitAsync(subject, proof, client, cancel);
            },
            cancel);
    }

    private async ValueTask<Subject> FindAsync(string userName, string authorizationId, CancellationToken cancel)
    {
        if (!LoginName.TryParse(userName, authorizationId, out var name)) return Subject.Nobody;
        var epoch = watch.Epoch; // read before the record, so that Watch sees a change that came after it
        var account = await directory.FindAccountAsync(name.Person, cancel);
        // Nobody has a password of a shared account: its members log in with their own.
        return new Subject(name.Person, name.Target, account is { Kind: AccountKind.Shared } ? null : account, epoch);
    }

    /// <summary>A password that is remembered as right, or one for an app: no slow hash, no wait.</summary>
    private async ValueTask<LoginProof?> RecallAsync(Subject subject, LoginKey key, string password, CancellationToken cancel)
    {
        if (subject.Account is { } there && verified.Find(key, there) is { } proof) return proof;
        if (AppPasswordText.Read(password) is not { } secret) return null;
        var credential = await directory.FindCredentialAsync(CredentialKinds.AppPassword, AppPasswordText.LookupOf(secret), cancel);
        if (credential is null || credential.Account != subject.Account?.Id) return null; // it may still be the account's own password
        var found = ProofOf(credential);
        verified.Add(key, subject.Account, found);
        return found;
    }

    private static LoginProof ProofOf(CredentialRecord credential) => credential.Kind == CredentialKinds.AppPassword
        ? new LoginProof(new UsedCredential(CredentialKind.AppPassword, credential.Id, credential.Label), new AppPasswordGrant(AppPasswordLimits.Of(credential.Detail)))
        : new LoginProof(new UsedCredential(CredentialKind.Password, credential.Id));

    /// <summary>The slow way: the directory elsewhere, or the hash; for a user that is not there, a hash that no password has.</summary>
    private async ValueTask<LoginProof?> VerifyAsync(Subject subject, string password, bool isKnown, CancellationToken cancel)
    {
        if (ExternalPasswords is { } elsewhere && await elsewhere.CheckAsync(subject.User, subject.Account, password, cancel) is { } isRight)
            return isRight ? new LoginProof(new UsedCredential(CredentialKind.Password)) : null;
        var credentials = await directory.ListCredentialsAsync(subject.IdOrNone, cancel);
        var credential = credentials.FirstOrDefault(one => one.Kind == CredentialKinds.Password);
        var stored = credential?.Value ?? Hashes.Dummy;
        var outcome = await line.ComputeAsync(() => Hashes.Verify(stored, password), isKnown, cancel);
        if (outcome == PasswordVerificationResult.Failed || credential is null) return null;
        await RenewAsync(subject.Account!, credential, credentials, password, outcome == PasswordVerificationResult.SuccessRehashNeeded, isKnown, cancel);
        return ProofOf(credential);
    }

    /// <summary>Hashes anew what was hashed with fewer rounds, and makes the verifier of SCRAM when there is none. The login is right without.</summary>
    private async ValueTask RenewAsync(
        AccountRecord account, CredentialRecord password, IReadOnlyList<CredentialRecord> credentials, string text, bool needsRehash, bool isKnown, CancellationToken cancel)
    {
        try
        {
            var hash = password.Value;
            if (needsRehash)
            {
                hash = await line.ComputeAsync(() => Hashes.Hash(text), isKnown, cancel);
                if (!await directory.ReplaceHashAsync(password, hash, cancel)) return; // set meanwhile, and that wins
            }
            else if (ScramSecrets.Find(credentials) is not null) return;
            var salt = await scram.SaltAsync(account.Id, cancel);
            var verifier = await line.ComputeAsync(() => scram.MakeVerifier(text, salt), isKnown, cancel);
            await ScramSecrets.WriteAsync(directory, account.Id, verifier, hash, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogRehashFailed(e, account.Address);
        }
    }
}
