using System.Collections.Concurrent;
using System.Threading.Channels;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts;

/// <summary>
/// Who is logged in, and what of that does not hold any more. A change of an account's security ends all its sessions, a credential that is
/// removed those it let in, a change of rules those that would be refused now.
/// </summary>
/// <remarks>Invariant: a session that is added after a change was announced, and was let in before it, ends or is looked at again.</remarks>
internal sealed partial class AccountWatch : IDisposable
{
    internal sealed class Registration : IDisposable
    {
        private readonly AccountWatch watch;
        private readonly Action<LoginResult> end;
        private int ended;

        public Registration(AccountWatch watch, AccountId account, Account? login, Action<LoginResult> end)
        {
            (this.watch, this.end, Login) = (watch, end, login);
            // Who uses a shared account is out when either changes.
            Accounts = login?.Member is { } member && member != account ? [account, member] : [account];
        }

        public AccountId[] Accounts { get; }

        /// <summary>Null for who watches an account without being logged in to it.</summary>
        public Account? Login { get; }

        public bool End(LoginResult why)
        {
            if (Interlocked.Exchange(ref ended, 1) != 0) return false;
            end(why);
            return true;
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref ended, 1);
            watch.Remove(this);
        }
    }

    private readonly DirectoryStore directory;
    private readonly PolicyService policies;
    private readonly AccountSettings settings;
    private readonly ILogger logger;
    private readonly Dictionary<AccountId, HashSet<Registration>> registrations = [];
    private readonly Lock gate = new();
    // One number per account that changed since the start, some 50 octets each.
    private readonly ConcurrentDictionary<AccountId, long> lastChanges = new();
    private readonly Channel<SettingScope> changedRules = Channel.CreateUnbounded<SettingScope>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;
    private long changes;
    private long lastRuleChange;

    public AccountWatch(DirectoryStore directory, SettingsStore settings, PolicyService policies, ILogger logger)
    {
        (this.directory, this.policies, this.logger, this.settings) = (directory, policies, logger, new AccountSettings(settings));
        stop = stopping.Token;
        directory.AccountSecurityChanged += Announce;
        directory.CredentialRemoved += OnCredentialRemoved;
        policies.Changed += OnRulesChanged;
        _ = Task.Run(LookAgainAsync);
    }

    /// <summary>Changes so far, of all accounts and rules.</summary>
    public long Epoch => Volatile.Read(ref changes);

    /// <summary>Ends when the account changes.</summary>
    public Registration Add(AccountId account, Action<LoginResult> end) => Add(new Registration(this, account, null, end));

    /// <summary>Ends when the account changes, its credential goes, or a rule is against it; at once when that happened since it was let in.</summary>
    public Registration Add(Account login, Action<LoginResult> end)
    {
        var registration = Add(new Registration(this, login.Id, login, end));
        foreach (var account in registration.Accounts)
            if (lastChanges.TryGetValue(account, out var last) && last > login.SecurityEpoch) registration.End(default);
        if (Volatile.Read(ref lastRuleChange) > login.SecurityEpoch) changedRules.Writer.TryWrite(SettingScope.Of(login.Id));
        return registration;
    }

    /// <summary>Ends all sessions of an account.</summary>
    public void Announce(AccountId account)
    {
        lastChanges[account] = Interlocked.Increment(ref changes);
        foreach (var registration in Of(account)) registration.End(default);
    }

    public void Dispose()
    {
        directory.AccountSecurityChanged -= Announce;
        directory.CredentialRemoved -= OnCredentialRemoved;
        policies.Changed -= OnRulesChanged;
        changedRules.Writer.TryComplete();
        stopping.Cancel();
        stopping.Dispose();
    }

    /// <summary>Ends the sessions that tokens of a program let in.</summary>
    /// <param name="client">Its name, as the tokens bring it.</param>
    public void EndTokens(AccountId account, string client)
    {
        lastChanges[account] = Interlocked.Increment(ref changes);
        foreach (var registration in Of(account))
            if (registration.Login?.Credential is { Kind: CredentialKind.AccessToken } used && used.Label == client) registration.End(default);
    }

    private void OnCredentialRemoved(AccountId account, long credential)
    {
        // A session that is being opened right now cannot be told by which one: it logs in again.
        lastChanges[account] = Interlocked.Increment(ref changes);
        foreach (var registration in Of(account))
            if (registration.Login?.Credential?.Id == credential) registration.End(default);
    }

    private void OnRulesChanged(SettingScope scope)
    {
        Volatile.Write(ref lastRuleChange, Interlocked.Increment(ref changes));
        changedRules.Writer.TryWrite(scope);
    }

    private async Task LookAgainAsync()
    {
        try
        {
            while (await changedRules.Reader.WaitToReadAsync(stop)) await EndRefusedAsync();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task EndRefusedAsync()
    {
        try
        {
            var scopes = new HashSet<SettingScope>();
            while (changedRules.Reader.TryRead(out var scope)) scopes.Add(scope);
            var ended = 0;
            foreach (var registration in Touched(scopes))
                if (await NoMoreAsync(registration.Login!) is { } why && registration.End(why)) ended++;
            if (ended > 0) LogEnded(ended);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogWatchFailed(e); // of this change; the next one is looked at again
        }
    }

    /// <summary>Why who is logged in would not be let in now; null when he would.</summary>
    private async ValueTask<LoginResult?> NoMoreAsync(Account login)
    {
        if (login.Client is not { } client || login.Credential is not { } credential) return null;
        try
        {
            var person = await directory.GetAccountAsync(login.Member ?? login.Id, stop);
            if (person is not { Enabled: true }) return new LoginResult(null, LoginRefusal.Disabled);
            var refusal = await policies.CheckAsync(person, client, credential, stop);
            if (refusal is null && login.Member is not null)
            {
                var share = (await directory.ListSharesOfAsync(person.Id, stop)).FirstOrDefault(one => one.Shared == login.Id);
                if (share is null || !share.Rights.HasFlag(ShareRightsText.NeededBy(client.Protocol)) || share.Rights.HasFlag(ShareRights.Write) != login.MayWrite) return default(LoginResult);
                if (await directory.GetAccountAsync(login.Id, stop) is not { Enabled: true } shared) return new LoginResult(null, LoginRefusal.Disabled);
                refusal = await policies.CheckSharedAsync(shared, person, client, credential, stop);
            }
            return refusal is null ? null : new LoginResult(null, LoginRefusal.NotAllowed, refusal, await settings.LocaleAsync(person, stop));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nobody stays by a rule that cannot be read.
            LogUnknown(e, login.Address);
            return new LoginResult(null, LoginRefusal.Temporary);
        }
    }

    private Registration Add(Registration registration)
    {
        lock (gate)
            foreach (var account in registration.Accounts)
            {
                if (!registrations.TryGetValue(account, out var all)) registrations.Add(account, all = []);
                all.Add(registration);
            }
        return registration;
    }

    private void Remove(Registration registration)
    {
        lock (gate)
            foreach (var account in registration.Accounts)
            {
                if (!registrations.TryGetValue(account, out var all)) continue;
                all.Remove(registration);
                if (all.Count == 0) registrations.Remove(account);
            }
    }

    private Registration[] Of(AccountId account)
    {
        lock (gate) return registrations.TryGetValue(account, out var set) ? [.. set] : [];
    }

    /// <summary>Sessions that a change of rules may concern: of the accounts, or all when a wider scope has changed.</summary>
    private List<Registration> Touched(HashSet<SettingScope> scopes)
    {
        var touched = new HashSet<Registration>();
        lock (gate)
        {
            if (scopes.Any(scope => scope.Kind != 'a'))
                foreach (var set in registrations.Values) touched.UnionWith(set);
            else
                foreach (var scope in scopes)
                    if (registrations.TryGetValue(new AccountId(scope.Id), out var set)) touched.UnionWith(set);
        }
        return [.. touched.Where(registration => registration.Login is not null)];
    }

    [LoggerMessage(LogLevel.Information, "Rules of access changed: {Count} sessions ended", EventName = "SessionsEndedByRule")]
    private partial void LogEnded(int count);

    [LoggerMessage(LogLevel.Error, "Whether {Account} may stay logged in cannot be told; its session ended", EventName = "RuleUnknown")]
    private partial void LogUnknown(Exception e, string account);

    [LoggerMessage(LogLevel.Error, "Open sessions could not all be held against changed rules", EventName = "WatchFailed")]
    private partial void LogWatchFailed(Exception e);
}
