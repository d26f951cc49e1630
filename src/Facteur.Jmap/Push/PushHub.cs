using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap.Push;

/// <summary>
/// Knows who listens to which account, and tells them what changes there (RFC 8620 §7). Changes of messages are told as soon as the store says so;
/// other types are looked at again when something was changed that may concern them. Invariants: nothing is kept of accounts that nobody listens
/// to; nobody who listens holds up another.
/// </summary>
internal sealed partial class PushHub : IDisposable
{
    private readonly JmapServices services;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, Listened> accounts = [];
    private readonly ConcurrentDictionary<PushListener, bool> listeners = new();

    // Accounts to look at again, and listeners whose accounts may be others; each once while it waits.
    private readonly Channel<object> again = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<object, bool> waiting = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;

    private sealed class Listened
    {
        public HashSet<PushListener> Listeners { get; } = [];

        /// <summary>Null until it was read once.</summary>
        public PushState? State { get; set; }

        /// <summary>The last that was announced.</summary>
        public AccountModSeqs Heard { get; set; }

        /// <summary>Types that anybody wanted.</summary>
        public PushTypeSet Types { get; set; }
    }

    /// <param name="WithSettings">Also types that only settings change.</param>
    private sealed record AccountLook(AccountId Account, bool WithSettings);

    public PushHub(JmapServices services, IEnumerable<JmapMethod> methods, ILogger<PushHub> logger)
    {
        (this.services, this.logger, Types) = (services, logger, new PushTypes(methods));
        services.Store.AccountChanged += OnAccountChanged;
        services.Store.Settings.Changed += OnSettingChanged;
        services.Store.Directory.MembershipChanged += OnMembershipChanged;
        stop = stopping.Token;
        _ = Task.Run(LookAgainAsync);
    }

    public PushTypes Types { get; }

    /// <summary>How many listen.</summary>
    public int Count => listeners.Count;

    /// <summary>Listens until the result is disposed of.</summary>
    /// <param name="since">What the client has (<see cref="PushToken"/>): what it missed is told at once. Null for a client that begins.</param>
    /// <param name="wake">Called on any thread when there is something to take; short, and never throws.</param>
    public async ValueTask<PushListener> ListenAsync(JmapUser user, PushTypeSet types, string? since, Action wake, CancellationToken cancel)
    {
        var listener = new PushListener(this, user, types, wake);
        try
        {
            await SetAccountsAsync(listener, areNew: false, cancel);
            listeners[listener] = true;
        }
        catch
        {
            Remove(listener);
            throw;
        }
        if (since is not null) listener.Miss(since);
        return listener;
    }

    public void Dispose()
    {
        services.Store.AccountChanged -= OnAccountChanged;
        services.Store.Settings.Changed -= OnSettingChanged;
        services.Store.Directory.MembershipChanged -= OnMembershipChanged;
        again.Writer.TryComplete();
        stopping.Cancel();
        stopping.Dispose();
    }

    /// <summary>Null for an account that nobody listens to.</summary>
    internal PushState? StateOf(AccountId account)
    {
        lock (gate) return accounts.GetValueOrDefault(account)?.State;
    }

    internal void Remove(PushListener listener)
    {
        listeners.TryRemove(listener, out _);
        lock (gate)
        {
            foreach (var id in listener.Known) Remove(listener, id);
            listener.Known.Clear();
        }
    }

    private void Remove(PushListener listener, AccountId id)
    {
        if (!accounts.TryGetValue(id, out var account)) return;
        account.Listeners.Remove(listener);
        if (account.Listeners.Count == 0) accounts.Remove(id);
    }

    private void OnAccountChanged(AccountChange change)
    {
        PushListener[] told;
        var changed = PushTypeSet.OfModSeq | (change.HasNewEmails ? PushTypeSet.EmailDelivery : PushTypeSet.None);
        bool isMore;
        lock (gate)
        {
            if (!accounts.TryGetValue(change.Account, out var account)) return;
            account.Heard = new AccountModSeqs(change.ModSeq, change.HasNewEmails ? change.ModSeq : account.Heard.LastEmail);
            if (account.State is not { } state) return;
            isMore = (account.Types & Types.MovedByMail) != 0;
            // One that was read already while it was on its way, or that moved nothing but what is looked at again.
            if (state.Last.Value >= change.ModSeq.Value) told = [];
            else
            {
                account.State = state.At(account.Heard);
                told = [.. account.Listeners];
            }
        }
        foreach (var listener in told) listener.Mark(change.Account, changed);
        if (isMore) LookAgain(new AccountLook(change.Account, WithSettings: false));
    }

    private void OnSettingChanged(SettingScope scope, string name)
    {
        AccountId[] concerned;
        lock (gate) concerned = scope.Kind == 'a' ? accounts.ContainsKey(new AccountId(scope.Id)) ? [new AccountId(scope.Id)] : [] : [.. accounts.Keys];
        foreach (var account in concerned) LookAgain(new AccountLook(account, WithSettings: true));
    }

    private void OnMembershipChanged(AccountId member)
    {
        foreach (var (listener, _) in listeners)
            if (listener.User.Person == member) LookAgain(listener);
        // What it may use is part of what its own account tells (Principal, ShareNotification).
        bool isListened;
        lock (gate) isListened = accounts.ContainsKey(member);
        if (isListened) LookAgain(new AccountLook(member, WithSettings: true));
    }

    private void LookAgain(object what)
    {
        if (waiting.TryAdd(what, true)) again.Writer.TryWrite(what);
    }

    private async Task LookAgainAsync()
    {
        await foreach (var what in again.Reader.ReadAllAsync(CancellationToken.None))
        {
            waiting.TryRemove(what, out _);
            try
            {
                if (what is PushListener listener) await SetAccountsAsync(listener, areNew: true, stop);
                else if (what is AccountLook look) await LookAsync(look, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLookFailed(e);
            }
        }
    }

    private async ValueTask SetAccountsAsync(PushListener listener, bool areNew, CancellationToken cancel)
    {
        var found = new List<(AccountId Account, PushState State)>();
        foreach (var account in await new JmapRequest(services, listener.User).AccountsAsync(cancel))
        {
            if (!Add(listener, account.Id, areNew)) return;
            if ((StateOf(account.Id) ?? await LookAsync(new AccountLook(account.Id, WithSettings: true), cancel)) is { } state) found.Add((account.Id, state));
        }
        lock (gate)
            foreach (var gone in listener.Known.Except(found.Select(one => one.Account)).ToList())
            {
                listener.Known.Remove(gone);
                Remove(listener, gone);
            }
        listener.Set(found, areNew);
    }

    /// <summary>False for a listener that is gone meanwhile.</summary>
    private bool Add(PushListener listener, AccountId account, bool isOld)
    {
        lock (gate)
        {
            if (isOld && !listeners.ContainsKey(listener)) return false;
            if (!accounts.TryGetValue(account, out var listened)) accounts.Add(account, listened = new Listened());
            listened.Listeners.Add(listener);
            listened.Types |= listener.Types;
            listener.Known.Add(account);
            return true;
        }
    }

    /// <summary>Reads where an account stands, and tells what of it is new.</summary>
    private async ValueTask<PushState?> LookAsync(AccountLook look, CancellationToken cancel)
    {
        if (await services.Store.GetModSeqsAsync(look.Account, cancel) is not { } modSeqs || await services.Store.Directory.GetAccountAsync(look.Account, cancel) is not { } record) return null;
        var listed = await ListAsync(record, StateOf(look.Account)?.Listed, look.WithSettings, cancel);
        PushListener[] told;
        PushTypeSet changed;
        lock (gate)
        {
            if (!accounts.TryGetValue(look.Account, out var account)) return null;
            var state = new PushState(modSeqs.Last, modSeqs.LastEmail, listed).At(account.Heard);
            var before = account.State;
            account.State = before is null ? state : state.At(new AccountModSeqs(before.Last, before.LastEmail));
            if (before is null) return state;
            changed = account.State.Since(before);
            told = [.. account.Listeners];
        }
        foreach (var listener in told) listener.Mark(look.Account, changed);
        return StateOf(look.Account);
    }

    private async ValueTask<string?[]> ListAsync(AccountRecord account, string?[]? before, bool withSettings, CancellationToken cancel)
    {
        var listed = new string?[Types.Listed.Count];
        for (var place = 0; place < listed.Length; place++)
        {
            var isAsked = before is null || withSettings || (Types.MovedByMail & PushTypes.OfListed(place)) != 0;
            listed[place] = isAsked ? await StateOfAsync(Types.Listed[place], account, cancel) : before![place];
            // What was told last is kept, so that small changes add up to one that is told.
            if (isAsked && before is not null && Types.Listed[place] is QuotaGet && !QuotaState.IsWorthTelling(before[place], listed[place])) listed[place] = before[place];
        }
        return listed;
    }

    /// <summary>The state as the type's own /get says it, to the account itself; null when that cannot be had.</summary>
    private async ValueTask<string?> StateOfAsync(JmapMethod get, AccountRecord account, CancellationToken cancel)
    {
        var user = new JmapUser(new Account(account.Id, account.Address, account.DisplayName), account.Address);
        using var answer = new AnswerBuffer();
        try
        {
            using var arguments = JsonDocument.Parse($$"""{"accountId":"{{JmapIds.Of(account.Id)}}","ids":[]}""");
            await using (var writer = new Utf8JsonWriter(answer, JmapJson.Writing))
                await get.RunAsync(new JmapCall(new JmapRequest(services, user), get.Name, arguments.RootElement, writer), cancel);
            using var document = JsonDocument.Parse(answer.AsSequence());
            return document.RootElement.TryGetProperty("state"u8, out var state) ? state.GetString() : null;
        }
        catch (JmapMethodException)
        {
            return null; // an account that has not this type
        }
    }

    [LoggerMessage(LogLevel.Error, "What is to be pushed could not be found out", EventName = "PushLookFailed")]
    private partial void LogLookFailed(Exception error);
}
