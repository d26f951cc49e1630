using System.Security.Cryptography.X509Certificates;
using Facteur.Net.Dialing;
using Facteur.Net.Ldap;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts.Ldap;

/// <summary>
/// The servers of one directory and a few connections to them. One that fails is passed over for a while as long as another answers;
/// when none does that is known for two seconds, so that a crowd of logins does not wait for each other's time-outs.
/// </summary>
internal sealed partial class LdapServers : IAsyncDisposable
{
    private static readonly TimeSpan passedOver = TimeSpan.FromSeconds(30), allDown = TimeSpan.FromSeconds(2), idle = TimeSpan.FromSeconds(60);

    private readonly GuardedDialer dialer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly LdapSetting setting;
    private readonly Server[] servers;
    private readonly SemaphoreSlim room;
    private readonly Lock gate = new();
    private readonly Stack<(LdapClient Client, DateTimeOffset Since)> free = [];
    private bool isClosed;

    private sealed class Server(LdapServerAddress address)
    {
        public LdapServerAddress Address => address;
        public DateTimeOffset FailedAt { get; set; } = DateTimeOffset.MinValue;
        public LdapUnavailableException? Failure { get; set; }
    }

    public LdapServers(LdapSetting setting, GuardedDialer dialer, TimeProvider time, ILogger logger)
    {
        (this.setting, this.dialer, this.time, this.logger) = (setting, dialer, time, logger);
        servers = [.. setting.Servers!.Select(text => new Server(LdapServerAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text)))];
        room = new SemaphoreSlim(setting.Connections);
    }

    private TimeSpan Timeout => TimeSpan.FromSeconds(setting.TimeoutSeconds);

    /// <summary>Does something on a connection. It may be done twice: a connection that was kept may have been closed by the other side meanwhile.</summary>
    /// <exception cref="LdapUnavailableException">No server answers.</exception>
    public async ValueTask<T> RunAsync<T>(Func<LdapClient, ValueTask<T>> work, CancellationToken cancel)
    {
        using (var timer = new CancellationTokenSource(Timeout, time))
        using (var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel))
        {
            try
            {
                await room.WaitAsync(linked.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new LdapUnavailableException("all connections to the directory are in use");
            }
        }
        try
        {
            while (TakeFree() is { } kept)
            {
                try
                {
                    return await UseAsync(kept, work);
                }
                catch (LdapUnavailableException)
                {
                    // Closed while it was idle, or its server died: a new one finds out.
                }
            }
            return await UseAsync(await ConnectAsync(cancel), work);
        }
        finally
        {
            room.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<LdapClient> left;
        lock (gate)
        {
            isClosed = true;
            left = [.. free.Select(one => one.Client)];
            free.Clear();
        }
        foreach (var client in left) await client.DisposeAsync();
    }

    private async ValueTask<T> UseAsync<T>(LdapClient client, Func<LdapClient, ValueTask<T>> work)
    {
        T result;
        try
        {
            result = await work(client);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
        if (!Keep(client)) await client.DisposeAsync();
        return result;
    }

    private bool Keep(LdapClient client)
    {
        lock (gate)
        {
            if (isClosed) return false;
            free.Push((client, time.GetUtcNow()));
            return true;
        }
    }

    private LdapClient? TakeFree()
    {
        List<LdapClient> old = [];
        LdapClient? found = null;
        lock (gate)
        {
            while (found is null && free.TryPop(out var one))
            {
                if (time.GetUtcNow() - one.Since < idle) found = one.Client;
                else old.Add(one.Client);
            }
        }
        foreach (var client in old) _ = client.DisposeAsync().AsTask(); // its failures are its own; nobody waits for a goodbye
        return found;
    }

    /// <summary>To the first server that answers, of those that did not fail a while ago.</summary>
    public async ValueTask<LdapClient> ConnectAsync(CancellationToken cancel)
    {
        var options = new LdapClientOptions { Timeout = Timeout, StartTls = setting.StartTls, Authorities = ReadAuthorities() };
        var now = time.GetUtcNow();
        var candidates = servers.Where(server => now - server.FailedAt >= passedOver).ToList();
        if (candidates.Count == 0) candidates = [.. servers.Where(server => now - server.FailedAt >= allDown)];
        foreach (var server in candidates)
        {
            try
            {
                var client = await LdapClient.ConnectAsync(dialer, server.Address, options, time, cancel);
                server.FailedAt = DateTimeOffset.MinValue;
                return client;
            }
            catch (LdapUnavailableException e)
            {
                (server.FailedAt, server.Failure) = (time.GetUtcNow(), e);
                LogFailed(e.Message);
            }
        }
        throw servers.MaxBy(server => server.FailedAt)!.Failure ?? new LdapUnavailableException("no server of the directory answers");
    }

    private X509Certificate2Collection? ReadAuthorities()
    {
        if (setting.CaFile is null) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(setting.CaFile);
            return authorities;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new LdapUnavailableException($"the authorities in {setting.CaFile} cannot be read: {e.Message}", e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A directory server fails: {Why}", EventName = "LdapServerFailed")]
    private partial void LogFailed(string why);
}
