using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Facteur.Delivery.Recipients;
using Facteur.Net.Dialing;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap.Push;

/// <summary>What the host gives to pushing.</summary>
/// <param name="Fetch">Requests to push services: through the guarded dialer alone.</param>
/// <param name="Stands">Whether what a login rested on (person, account as logged in, <see cref="JmapUser.Login"/>, since when) is still good.</param>
/// <param name="Contact">"mailto:" address that push services may write to (RFC 8292 §2.1).</param>
public sealed record PushParts(
    Func<HttpFetchRequest, CancellationToken, Task<HttpFetch>> Fetch, Func<AccountId, AccountId, string, DateTimeOffset, CancellationToken, ValueTask<bool>> Stands, string Contact);

/// <summary>
/// Pushes of the whole process: who listens over a connection (<see cref="PushHub"/>), and subscriptions, whose changes are posted to push services
/// (Web Push). Invariants: nothing but its code is sent to an address before the code came back; nothing is sent for a login that does not
/// stand any more; a message tells that something changed and never what.
/// </summary>
public sealed partial class PushService : IDisposable
{
    private const string SecretName = "web-push";
    private const int Senders = 8;
    private const int MaxCounted = 10_000;
    private static readonly TimeSpan sweepEvery = TimeSpan.FromMinutes(10);

    /// <summary>A subscription whose code does not come back goes.</summary>
    private static readonly TimeSpan codeLifetime = TimeSpan.FromHours(1);

    private readonly JmapServices services;
    private readonly PushParts parts;
    private readonly PushSender sender;
    private readonly PushSubscriptionTable table;
    private readonly ConcurrentDictionary<string, PushClient> clients = new(StringComparer.Ordinal);
    private readonly Channel<PushClient> ready = Channel.CreateUnbounded<PushClient>();
    private readonly Dictionary<AccountId, Queue<DateTimeOffset>> created = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;
    private readonly ILogger logger;
    private readonly Task started;
    private int disposed;

    /// <summary>Begins at once; sets <see cref="JmapServices.Push"/>.</summary>
    public PushService(JmapServices services, PushParts parts, ILoggerFactory loggers)
    {
        (this.services, this.parts, logger) = (services, parts, loggers.CreateLogger<PushService>());
        stop = stopping.Token;
        Hub = new PushHub(services, JmapMethods.All(), loggers.CreateLogger<PushHub>());
        sender = new PushSender(parts.Fetch, services.Time);
        table = new PushSubscriptionTable(services.Store.State);
        services.Push = this;
        started = Task.Run(StartAsync);
    }

    /// <summary>Public key that clients bind their subscriptions to (RFC 9749); null before it is read.</summary>
    public string? ApplicationServerKey => sender.Vapid?.PublicKey;

    internal PushHub Hub { get; }

    /// <summary>Completes when what is stored was read.</summary>
    public Task ReadyAsync(CancellationToken cancel) => started.IsCompleted ? Task.CompletedTask : started.WaitAsync(cancel);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        stopping.Cancel();
        ready.Writer.TryComplete();
        foreach (var client in clients.Values) client.Dispose();
        Hub.Dispose();
        sender.Vapid?.Dispose();
        stopping.Dispose();
    }

    /// <summary>Subscriptions of a person, of all logins.</summary>
    internal List<PushSubscription> OfPerson(AccountId person) => [.. clients.Values.Select(client => client.Subscription).Where(one => one.Person == person && !IsOver(one))];

    /// <summary>Those that the same credentials made (RFC 8620 §7.2): nobody sees others.</summary>
    internal List<PushSubscription> OfUser(JmapUser user) => [.. OfPerson(user.Person).Where(one => one.Login == user.Login).OrderBy(one => one.Created)];

    /// <summary>Whether a person may make another one now; counts it.</summary>
    internal bool MayCreate(AccountId person)
    {
        var now = services.Time.GetUtcNow();
        lock (created)
        {
            if (created.Count >= MaxCounted) created.Clear();
            if (!created.TryGetValue(person, out var times)) created.Add(person, times = new Queue<DateTimeOffset>());
            while (times.TryPeek(out var first) && now - first > TimeSpan.FromHours(1)) times.Dequeue();
            if (times.Count >= PushSubscriptionWork.MaxCreatedPerHour) return false;
            times.Enqueue(now);
            return true;
        }
    }

    /// <summary>Keeps a new subscription, and sends its code.</summary>
    internal async ValueTask AddAsync(PushSubscription one, CancellationToken cancel)
    {
        await table.SaveAsync(one, cancel);
        var client = new PushClient(one, services.Time, Queue);
        clients[one.Id] = client;
        client.SendCode();
    }

    /// <summary>Keeps a change; false when the subscription is gone.</summary>
    internal async ValueTask<bool> UpdateAsync(PushSubscription one, CancellationToken cancel)
    {
        if (!clients.TryGetValue(one.Id, out var client)) return false;
        await table.SaveAsync(one, cancel);
        client.Subscription = one;
        if (client.IsRemoved)
        {
            // Meanwhile: what was just written must not bring it back.
            await table.RemoveAsync(one, cancel);
            return false;
        }
        if (one.IsVerified) await ListenAsync(client, cancel);
        return true;
    }

    internal async ValueTask<bool> RemoveAsync(string id, CancellationToken cancel)
    {
        if (!clients.TryRemove(id, out var client)) return false;
        client.Dispose();
        await table.RemoveAsync(client.Subscription, cancel);
        if (client.Subscription.Keys is { } keys && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(keys.Auth, out var auth)) CryptographicOperations.ZeroMemory(auth);
        return true;
    }

    /// <summary>Removes what is over, what its code did not come back for, and what rests on a login that does not stand.</summary>
    internal async ValueTask SweepAsync(CancellationToken cancel)
    {
        foreach (var client in clients.Values)
        {
            var one = client.Subscription;
            var isForgotten = !one.IsVerified && services.Time.GetUtcNow() - one.Created > codeLifetime;
            if (IsOver(one) || isForgotten || !await StandsAsync(one, cancel)) await RemoveAsync(one.Id, cancel);
        }
    }

    private async Task StartAsync()
    {
        for (var i = 0; i < Senders; i++) _ = Task.Run(SendersAsync, stop);
        _ = Task.Run(SweepsAsync, stop);
        try
        {
            sender.Vapid = new Vapid(await new SiteSecrets(services.Store.Settings).GetAsync(SecretName, stop), parts.Contact, services.Time);
            foreach (var one in await table.ListAsync(stop))
            {
                var client = new PushClient(one, services.Time, Queue);
                if (clients.TryAdd(one.Id, client) && one.IsVerified) await ListenAsync(client, stop);
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogStartFailed(e);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async ValueTask ListenAsync(PushClient client, CancellationToken cancel)
    {
        if (await services.Store.Directory.GetAccountAsync(client.Subscription.Account, cancel) is { } account) await client.ListenAsync(Hub, account, cancel);
    }

    private void Queue(PushClient client) => ready.Writer.TryWrite(client);

    private async Task SendersAsync()
    {
        try
        {
            await foreach (var client in ready.Reader.ReadAllAsync(stop)) await SendAsync(client);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task SendAsync(PushClient client)
    {
        var one = client.Subscription;
        try
        {
            if (client.IsRemoved) return;
            if (IsOver(one) || !await StandsAsync(one, stop) || !await client.SendAsync(sender, stop)) await RemoveAsync(one.Id, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogSendFailed(e, one.Url.Host);
        }
    }

    private async Task SweepsAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(sweepEvery, services.Time, stop);
                try
                {
                    await SweepAsync(stop);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    LogSweepFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private bool IsOver(PushSubscription one) => one.Expires <= services.Time.GetUtcNow();

    private ValueTask<bool> StandsAsync(PushSubscription one, CancellationToken cancel) => parts.Stands(one.Person, one.Account, one.Login, one.Created, cancel);

    [LoggerMessage(LogLevel.Error, "Push subscriptions could not be read", EventName = "PushStartFailed")]
    private partial void LogStartFailed(Exception error);

    [LoggerMessage(LogLevel.Error, "A push to {Host} failed on our side", EventName = "PushSendFailed")]
    private partial void LogSendFailed(Exception error, string host);

    [LoggerMessage(LogLevel.Error, "Push subscriptions could not be looked through", EventName = "PushSweepFailed")]
    private partial void LogSweepFailed(Exception error);
}
