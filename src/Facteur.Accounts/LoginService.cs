using System.Net;
using System.Text;
using Facteur.Accounts.Policy;
using Facteur.Net;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts;

/// <summary>
/// Checks logins of all protocols alike. Invariants: a refusal says and costs the same whether the user exists or not;
/// a remembered login is good only for the credential it was verified against; no password reaches a log;
/// a login that is remembered, or by an app password, waits for nobody, asks the store for nothing that is not in memory, and commits nothing.
/// </summary>
/// <remarks>The parts: credentials are found right in LoginService.Passwords and LoginService.Others, rules are asked in LoginService.Admission.</remarks>
public sealed partial class LoginService : IDisposable
{
    private readonly DirectoryStore directory;
    private readonly TimeProvider time;
    private readonly LoginOptions options;
    private readonly ILogger logger;
    private readonly VerifiedLogins verified;
    private readonly FailureDelays delays;
    private readonly HashingLine line;
    private readonly ScramSecrets scram;
    private readonly KnownClients known;
    private readonly CredentialUses uses;
    private readonly LoginAlerts alerts;
    private readonly LoginHistoryStore historyRows;
    private readonly AccountWatch watch;
    private readonly AccountSettings settings;
    private DateTimeOffset purged;
    private volatile bool isElsewhere;

    public LoginService(MailStore store, LoginOptions options, TimeProvider time, ILogger<LoginService> logger)
    {
        directory = store.Directory;
        historyRows = store.Logins;
        this.time = time;
        this.options = options;
        this.logger = logger;
        Hashes = new PasswordHashes(options.HashIterations);
        verified = new VerifiedLogins(options.RememberFor, options.RememberedLogins, time);
        delays = new FailureDelays(options, time);
        line = new HashingLine(options.ParallelHashes, options.WaitingLogins, options.WaitingLoginsPerAddress);
        scram = new ScramSecrets(store.Settings, options);
        known = new KnownClients(store.State, options, time);
        uses = new CredentialUses(directory, time);
        alerts = new LoginAlerts(store.State, store.Settings, time);
        settings = new AccountSettings(store.Settings);
        Blocks = new AddressBlocks(store.State, options, time);
        History = new LoginHistory(store.Logins, time);
        SecondFactors = new TotpService(directory, time);
        Policies = new PolicyService(directory, store.Settings);
        watch = new AccountWatch(directory, store.Settings, Policies, logger);
    }

    internal PasswordHashes Hashes { get; }

    /// <summary>The rules that logins are held against.</summary>
    public PolicyService Policies { get; }

    /// <summary>Addresses whose logins are not looked at.</summary>
    public AddressBlocks Blocks { get; }

    public LoginHistory History { get; }

    /// <summary>Second factors, for the web: asked after the password was found right.</summary>
    public TotpService SecondFactors { get; }

    /// <summary>Access tokens for XOAUTH2 and OAUTHBEARER; without it the two are not offered.</summary>
    public IAccessTokens? Tokens { get; set; }

    /// <summary>Where programs learn how to get a token: the URL of an OpenID Connect discovery document, told with a token's refusal (RFC 7628 §3.2.2).</summary>
    public string? OpenIdConfiguration { get; set; }

    /// <summary>A directory elsewhere that passwords are checked against.</summary>
    public IExternalPasswords? ExternalPasswords { get; set; }

    /// <summary>Passwords are proved here, and not by a directory elsewhere that can only be given them.</summary>
    internal bool OffersScram => !isElsewhere;

    /// <summary>A login that its owner wants to hear of; raised some seconds after it, on a thread of the pool.</summary>
    public event Action<LoginAlert>? Alerted;

    /// <summary>A login by a user name and a password, the account's own or one for an app.</summary>
    public ValueTask<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancel) =>
        DecideAsync(attempt.Client, attempt.UserName, () => CheckPasswordAsync(attempt, cancel));

    /// <summary>The program of a login said its name after it (IMAP ID).</summary>
    public void NoteProgram(Account account, string program)
    {
        if (account is not { Client: { } client, Credential: { } credential }) return;
        History.NoteProgram(account.Member ?? account.Id, client, Text(credential), program);
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

    /// <summary>
    /// The security of any account, or any rule, changed since this login was let in; said as soon as the change is made, while open sessions are
    /// looked at a moment later.
    /// </summary>
    public bool HasChangedSince(Account login) => watch.Epoch != login.SecurityEpoch;

    /// <summary>Ends the open sessions of an account that tokens of a program let in: what it was given was withdrawn.</summary>
    public void EndTokenSessions(AccountId account, string client) => watch.EndTokens(account, client);

    public void Dispose()
    {
        watch.Dispose();
        Policies.Dispose();
        line.Dispose();
        History.Dispose();
    }

    /// <summary>Writes what logins left since the last time; called by <see cref="LoginRecorder"/>. Each part is tried, the first fault is thrown.</summary>
    internal async Task FlushAsync(CancellationToken cancel)
    {
        Exception? fault = null;
        foreach (var part in (Func<CancellationToken, ValueTask>[])[LookElsewhereAsync, uses.FlushAsync, known.FlushAsync, Blocks.FlushAsync, FlushHistoryAsync, PurgeHistoryAsync])
        {
            try
            {
                await part(cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                fault ??= e;
            }
        }
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>Whether passwords of anybody are in a directory elsewhere, which rules out SCRAM.</summary>
    internal async ValueTask LookElsewhereAsync(CancellationToken cancel) =>
        isElsewhere = ExternalPasswords is { } elsewhere && await elsewhere.IsUsedAsync(cancel);

    private async ValueTask FlushHistoryAsync(CancellationToken cancel)
    {
        await History.FlushAsync(cancel);
        if (History.TakeNew() is not { Count: > 0 } written) return;
        foreach (var alert in await alerts.LearnAsync(written, cancel)) Alerted?.Invoke(alert);
    }

    private async ValueTask PurgeHistoryAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (now - purged < TimeSpan.FromHours(1)) return;
        purged = now;
        while (await historyRows.PurgeAsync(now - options.HistoryKept, PurgeAtOnce, cancel) == PurgeAtOnce)
        {
        }
    }

    private const int PurgeAtOnce = 1_000;

    /// <summary>What was found of a try.</summary>
    /// <param name="Person">Whose credential was tried; null for nobody's.</param>
    /// <param name="Proof">What was right; null when nothing was.</param>
    private readonly record struct Verdict(LoginResult Result, AccountRecord? Person = null, LoginProof? Proof = null);

    /// <summary>Comes to a verdict and leaves what logins leave: a line in the log, a row in the history, a known client.</summary>
    private async ValueTask<LoginResult> DecideAsync(LoginClient client, string userName, Func<ValueTask<Verdict>> check)
    {
        try
        {
            var verdict = await check();
            Note(verdict, client, userName);
            return verdict.Result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, client.Protocol, client.Remote);
            return Refused(LoginRefusal.Temporary);
        }
    }

    private void Note(in Verdict verdict, LoginClient client, string userName)
    {
        var credential = verdict.Proof is { } proof ? Text(proof.Credential) : "";
        if (verdict.Result.Account is not { } account)
        {
            LogRefused(Printable(userName), client.Protocol, client.Remote, verdict.Result.Refusal);
            if (verdict.Person is { } refused && verdict.Result.Reason is { } why) History.Note(refused.Id, client, credential, why.Code);
            return;
        }
        LogLoggedIn(account.Address, client.Protocol, client.Remote);
        var person = verdict.Person!;
        known.Note(person.Id, client.Remote.OneHost());
        if (verdict.Proof?.Credential.Id is { } id) uses.Note(id, client.Remote);
        History.Note(person.Id, client, credential, "ok");
        if (account.Member is not null) History.Note(account.Id, client, $"member: {person.Address}", "ok");
    }

    private static LoginResult Refused(LoginRefusal refusal) => new(null, refusal, AccessRefusal.Of(refusal));

    private static string Text(UsedCredential credential)
    {
        var kind = credential.Kind switch
        {
            CredentialKind.AppPassword => CredentialKinds.AppPassword,
            CredentialKind.Certificate => CredentialKinds.Certificate,
            CredentialKind.AccessToken => "token",
            CredentialKind.Passkey => CredentialKinds.Passkey,
            _ => CredentialKinds.Password,
        };
        return credential.Label.Length > 0 ? $"{kind}: {credential.Label}" : kind;
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

    [LoggerMessage(LogLevel.Warning, "{Address} brought {Failures} different wrong passwords: its logins are refused for {Minutes} minutes", EventName = "AddressBlocked")]
    private partial void LogBlocked(IPAddress address, int failures, double minutes);

    [LoggerMessage(LogLevel.Warning, "The password of {Account} could not be hashed anew; it is tried again at its next login", EventName = "RehashFailed")]
    private partial void LogRehashFailed(Exception e, string account);
}
