using System.Net;
using System.Text;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts;

/// <summary>
/// Checks logins of all protocols alike. Invariants: a refusal says and costs the same whether the user exists or not;
/// a remembered login is good only for the credential it was verified against; no password reaches a log;
/// a login that is remembered waits for nobody.
/// </summary>
public sealed partial class LoginService : IDisposable
{
    internal const string PasswordKind = "password";

    private readonly DirectoryStore directory;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly VerifiedLogins verified;
    private readonly FailureDelays delays;
    private readonly HashingLine line;
    private readonly AccountWatch watch;
    private readonly AccountSettings settings;

    public LoginService(MailStore store, LoginOptions options, TimeProvider time, ILogger<LoginService> logger)
    {
        directory = store.Directory;
        this.time = time;
        this.logger = logger;
        Hashes = new PasswordHashes(options.HashIterations);
        verified = new VerifiedLogins(options.RememberFor, options.RememberedLogins, time);
        delays = new FailureDelays(options, time);
        line = new HashingLine(options.ParallelHashes, options.WaitingLogins, options.WaitingLoginsPerAddress);
        settings = new AccountSettings(store.Settings);
        Policies = new PolicyService(directory, store.Settings);
        watch = new AccountWatch(directory, store.Settings, Policies, logger);
    }

    internal PasswordHashes Hashes { get; }

    /// <summary>The rules that logins are held against.</summary>
    public PolicyService Policies { get; }

    /// <summary>Access tokens for XOAUTH2 and OAUTHBEARER; without it the two are not offered.</summary>
    public IAccessTokens? Tokens { get; set; }

    /// <summary>A directory elsewhere that passwords are checked against.</summary>
    public IExternalPasswords? ExternalPasswords { get; set; }

    /// <summary>Who logs in, before the password is looked at. <see cref="Record"/> is null for a user that cannot be: unknown, malformed, wrong authzid.</summary>
    private readonly record struct Candidate(string User, string Password, AccountRecord? Record, long Epoch);

    public async ValueTask<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancel)
    {
        try
        {
            var result = await CheckAsync(attempt, cancel);
            if (result.Account is { } account) LogLoggedIn(account.Address, attempt.Client.Protocol, attempt.Client.Remote);
            else LogRefused(Printable(attempt.UserName), attempt.Client.Protocol, attempt.Client.Remote, result.Refusal);
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, attempt.Client.Protocol, attempt.Client.Remote);
            return new LoginResult(null, LoginRefusal.Temporary);
        }
    }

    /// <summary>
    /// Calls <paramref name="end"/> once when the account is disabled, removed or gets another password, at once and on any thread.
    /// Sessions hold the result from login to their end.
    /// </summary>
    public IDisposable Watch(AccountId account, Action end) => watch.Add(account, _ => end());

    /// <summary>As <see cref="Watch(AccountId, Action)"/>, also when the credential it was let in by is removed or a rule is against it; at once when that happened since.</summary>
    public IDisposable Watch(Account account, Action end) => watch.Add(account, _ => end());

    /// <summary>As <see cref="Watch(Account, Action)"/>, and says why when it is a rule (else without a sentence).</summary>
    public IDisposable Watch(Account account, Action<LoginResult> end) => watch.Add(account, end);

    public void Dispose()
    {
        watch.Dispose();
        Policies.Dispose();
        line.Dispose();
    }

    private async ValueTask<LoginResult> CheckAsync(LoginAttempt attempt, CancellationToken cancel)
    {
        var candidate = await FindAsync(attempt, cancel);
        var key = verified.KeyOf(candidate.User, candidate.Password);
        if (IsRemembered(key, candidate)) return await AcceptAsync(candidate, attempt.Client, cancel);

        var prefix = FailureDelays.Prefix(attempt.Client.Remote);
        if (!await line.EnterAsync(prefix, cancel)) return new LoginResult(null, LoginRefusal.Busy);
        try
        {
            // The connection before this one in the line may have brought the same password; and the account may have changed.
            candidate = await FindAsync(attempt, cancel);
            if (IsRemembered(key, candidate)) return await AcceptAsync(candidate, attempt.Client, cancel);
            var delay = delays.For(prefix, candidate.User);
            if (delay > TimeSpan.Zero) await Task.Delay(delay, time, cancel);
            return await VerifyAsync(candidate, key, prefix, attempt.Client, cancel);
        }
        finally
        {
            line.Leave(prefix);
        }
    }

    private async ValueTask<LoginResult> VerifyAsync(Candidate candidate, LoginKey key, IPAddress prefix, LoginClient client, CancellationToken cancel)
    {
        var credential = candidate.Record is { } found ? await FindPasswordAsync(found.Id, cancel) : null;
        var stored = credential?.Value ?? Hashes.Dummy;
        var outcome = await line.ComputeAsync(() => Hashes.Verify(stored, candidate.Password), cancel);
        if (outcome == PasswordVerificationResult.Failed || credential is null || candidate.Record is not { } account)
        {
            delays.Failed(prefix, candidate.User);
            return new LoginResult(null, LoginRefusal.BadCredentials);
        }
        delays.Succeeded(candidate.User);
        if (!account.Enabled) return new LoginResult(null, LoginRefusal.Disabled);
        if (outcome == PasswordVerificationResult.SuccessRehashNeeded) await RehashAsync(credential, candidate.Password, cancel);
        verified.Add(key, account);
        return await AcceptAsync(candidate, client, cancel);
    }

    private async ValueTask<Candidate> FindAsync(LoginAttempt attempt, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(attempt.UserName, out var address) || NormalizePassword(attempt.Password) is not { } password
            || !IsSameUser(attempt.AuthorizationId, address))
            return new Candidate("", "", null, 0);
        var user = address.ToString();
        var epoch = watch.Epoch; // read before the record, so that Watch sees a change that came after it
        return new Candidate(user, password, await directory.FindAccountAsync(user, cancel), epoch);
    }

    private bool IsRemembered(LoginKey key, in Candidate candidate) =>
        candidate.Record is { Enabled: true } account && verified.Holds(key, account);

    /// <summary>The password is right; what is left are the rules.</summary>
    private async ValueTask<LoginResult> AcceptAsync(Candidate candidate, LoginClient client, CancellationToken cancel)
    {
        var record = candidate.Record!;
        var credential = new UsedCredential(CredentialKind.Password);
        if (await Policies.CheckAsync(record, client, credential, cancel) is { } refusal)
            return new LoginResult(null, LoginRefusal.NotAllowed, refusal, await settings.LocaleAsync(record, cancel));
        var account = new Account(record.Id, record.Address, record.DisplayName) { SecurityEpoch = candidate.Epoch, Client = client, Credential = credential };
        return new LoginResult(account, LoginRefusal.None);
    }

    private async ValueTask<CredentialRecord?> FindPasswordAsync(AccountId account, CancellationToken cancel)
    {
        foreach (var credential in await directory.ListCredentialsAsync(account, cancel))
            if (credential.Kind == PasswordKind) return credential;
        return null;
    }

    private async ValueTask RehashAsync(CredentialRecord old, string password, CancellationToken cancel)
    {
        var value = await line.ComputeAsync(() => Hashes.Hash(password), cancel);
        await directory.ReplaceHashAsync(old, value, cancel);
    }

    /// <summary>NFC, as when it was set: keyboards differ in how they compose "é". Null when it cannot be a password.</summary>
    internal static string? NormalizePassword(string password) =>
        password.Length is 0 or > PasswordRules.MaxLength || password.Contains('\0') || !IsUnicode(password)
            ? null : password.Normalize(NormalizationForm.FormC);

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))) return false;
        return true;
    }

    private static bool IsSameUser(string authorizationId, EmailAddress user) =>
        authorizationId.Length == 0 || (EmailAddress.TryParse(authorizationId, out var other) && other == user);

    /// <summary>What a client sent as user name, safe for one line of a log.</summary>
    private static string Printable(string userName)
    {
        var shown = userName.Length > 100 ? userName[..100] : userName;
        return string.Create(shown.Length, shown, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        });
    }

    [LoggerMessage(LogLevel.Information, "{Account} logged in by {Protocol} from {Remote}", EventName = "LoggedIn")]
    private partial void LogLoggedIn(string account, MailProtocol protocol, IPAddress remote);

    [LoggerMessage(LogLevel.Information, "Login of {User} by {Protocol} from {Remote} refused: {Refusal}", EventName = "LoginRefused")]
    private partial void LogRefused(string user, MailProtocol protocol, IPAddress remote, LoginRefusal refusal);

    [LoggerMessage(LogLevel.Error, "A login by {Protocol} from {Remote} could not be checked", EventName = "LoginFailed")]
    private partial void LogFailed(Exception e, MailProtocol protocol, IPAddress remote);
}
