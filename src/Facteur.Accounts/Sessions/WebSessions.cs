using System.Globalization;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts.Sessions;

/// <summary>
/// Browsers that are signed in. Invariants: the store holds only the hash of what the cookie holds; every look at a session looks at
/// the account as well, so that one whose password changed or that was disabled is out at its next request; a sign-in always makes
/// a new session, whatever the browser brought.
/// </summary>
public sealed class WebSessions(MailStore store, WebSessionOptions options, TimeProvider time)
{
    private const string Space = "web-session";
    private readonly SessionWatches watches = new();

    /// <summary>Makes a session. Answers it with the secret for the cookie.</summary>
    public async ValueTask<(WebSession Session, string Secret)> AddAsync(NewSession made, CancellationToken cancel)
    {
        await MakeRoomAsync(made.Account.Id, cancel);
        var secret = $"{AccountKey.Prefix(made.Account.Id)}{OpaqueToken.New()}";
        var now = time.GetUtcNow();
        var (idle, end) = made.IsLasting ? (options.LastingIdle, options.LastingEnd) : (options.ShortIdle, options.ShortEnd);
        var row = new WebSessionRow(
            now, now, now + end, (int)idle.TotalMinutes, made.Remote, Cut(made.Program), made.Method, await PasswordStamp.OfAsync(store.Directory, made.Account.Id, cancel), made.Credential, made.MustEnroll, made.IsLasting);
        var session = FromRow(KeyOf(secret)!, made.Account.Id, row);
        await WriteAsync(session, cancel);
        return (session, secret);
    }

    /// <summary>The session of a cookie and its account, when both are good. Notes that it was used.</summary>
    public async ValueTask<(WebSession Session, AccountRecord Account)?> FindAsync(string secret, string remote, CancellationToken cancel)
    {
        if (KeyOf(secret) is not { } key || await store.State.GetAsync(Space, key, cancel) is not { Value: { } json }) return null;
        if (AccountKey.AccountOf(key) is not { } id || Read(json) is not { } row) return null;
        var session = FromRow(key, id, row);
        var now = time.GetUtcNow();
        if (now >= session.Ends) return null;
        var account = await store.Directory.GetAccountAsync(id, cancel);
        if (account is not { Enabled: true } || !await StandsAsync(session, cancel))
        {
            // For good: an account that is enabled again is not signed in anywhere.
            await RemoveAsync(session, cancel);
            return null;
        }
        if (now - session.LastSeen >= options.NoteUseEvery || session.Remote != remote)
        {
            session = session with { LastSeen = now, Remote = remote };
            await WriteAsync(session, cancel);
        }
        return (session, account);
    }

    /// <summary>Sessions of an account that are good, the last used first.</summary>
    public async ValueTask<IReadOnlyList<WebSession>> ListAsync(AccountRecord account, CancellationToken cancel) =>
        [.. (await StandingAsync(await AllAsync(account.Id, cancel), cancel)).OrderByDescending(one => one.LastSeen)];

    public ValueTask RemoveAsync(WebSession session, CancellationToken cancel) => RemoveAsync(session.Key, cancel);

    /// <summary>Calls <paramref name="end"/> once, on any thread, when the session is removed: what the browser has open for long ends.</summary>
    public IDisposable Watch(WebSession session, Action end) => watches.Add(session.Key, end);

    /// <summary>Ends all sessions of an account but one.</summary>
    /// <param name="except">Null: all of them.</param>
    public async ValueTask RemoveAllAsync(AccountId account, WebSession? except, CancellationToken cancel)
    {
        foreach (var session in await AllAsync(account, cancel))
            if (session.Key != except?.Key) await RemoveAsync(session.Key, cancel);
    }

    /// <summary>Lets a session outlive a change that its own user made just now (a new password, a second factor).</summary>
    public async ValueTask<WebSession> RenewAsync(WebSession session, CancellationToken cancel)
    {
        var renewed = session with { PasswordSet = await PasswordStamp.OfAsync(store.Directory, session.Account, cancel), MustEnroll = false };
        await WriteAsync(renewed, cancel);
        return renewed;
    }

    /// <summary>What let it in is still there: the password, and the passkey when it was one.</summary>
    private async ValueTask<bool> StandsAsync(WebSession session, CancellationToken cancel) => (await StandingAsync([session], cancel)).Count > 0;

    private async ValueTask<List<WebSession>> StandingAsync(List<WebSession> sessions, CancellationToken cancel)
    {
        if (sessions.Count == 0) return sessions;
        var credentials = await store.Directory.ListCredentialsAsync(sessions[0].Account, cancel);
        var (password, now) = (PasswordStamp.Of(credentials), time.GetUtcNow());
        return sessions.FindAll(one => one.PasswordSet == password && now - one.LastSeen < one.Idle && (one.Credential is not { } passkey || credentials.Any(other => other.Id == passkey)));
    }

    private async ValueTask MakeRoomAsync(AccountId account, CancellationToken cancel)
    {
        var all = await AllAsync(account, cancel);
        foreach (var oldest in all.OrderByDescending(one => one.LastSeen).Skip(options.MaxPerAccount - 1)) await RemoveAsync(oldest.Key, cancel);
    }

    private async ValueTask RemoveAsync(string key, CancellationToken cancel)
    {
        await store.State.RemoveAsync(Space, key, cancel);
        watches.End(key);
    }

    private async ValueTask<List<WebSession>> AllAsync(AccountId account, CancellationToken cancel)
    {
        var sessions = new List<WebSession>();
        foreach (var entry in await store.State.ListAsync(Space, AccountKey.Prefix(account), null, 2 * options.MaxPerAccount, cancel))
            if (entry.Value is { } json && Read(json) is { } row) sessions.Add(FromRow(entry.Key, account, row));
        return sessions;
    }

    private ValueTask WriteAsync(WebSession session, CancellationToken cancel)
    {
        var row = new WebSessionRow(
            session.Created, session.LastSeen, session.Ends, (int)session.Idle.TotalMinutes, session.Remote, session.Program, session.Method,
            session.PasswordSet, session.Credential, session.MustEnroll, session.IsLasting);
        var expires = session.LastSeen + session.Idle;
        var entry = new StateEntry(session.Key, Value: JsonSerializer.SerializeToUtf8Bytes(row, SessionJson.Default.WebSessionRow), Expires: expires < session.Ends ? expires : session.Ends);
        return store.State.SetAsync(Space, [entry], cancel);
    }

    private static WebSession FromRow(string key, AccountId account, WebSessionRow row) => new(
        key, account, row.Created, row.LastSeen, row.Ends, TimeSpan.FromMinutes(row.IdleMinutes), row.Remote, row.Program, row.Method, row.PasswordSet, row.Credential, row.MustEnroll, row.IsLasting);

    private static WebSessionRow? Read(byte[] json) => SettingReads.Read(json, SessionJson.Default.WebSessionRow);

    /// <summary>Account and hash of the whole secret; null for what cannot be one of ours.</summary>
    private static string? KeyOf(string secret) =>
        secret.Length <= OpaqueToken.MaxLength && secret.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? secret[..(dot + 1)] + OpaqueToken.Hash(secret) : null;

    private static string Cut(string text) => text.Length > 300 ? text[..300] : text;
}
