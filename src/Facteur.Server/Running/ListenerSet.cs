using Facteur.Net;
using Facteur.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>A listener could not be opened; the message says which and why.</summary>
internal sealed class ListenException(ListenAddress address, string why) : Exception($"Listening for {address} failed: {why}");

/// <summary>A listener as it runs.</summary>
/// <param name="Address">With the port that the system gave.</param>
/// <param name="Connections">Open now; null when it is not known.</param>
internal sealed record OpenListener(ListenAddress Address, DateTimeOffset Since, int? Connections);

/// <summary>The mail listeners that run, and the change from one set to another without touching what stays.</summary>
internal sealed partial class ListenerSet(ListenerServices services, Func<ListenAddress, MailListenerOptions> describe, ILogger<ListenerSet> logger)
{
    /// <summary>Sessions of a listener that was taken away have this long to finish what they do.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ListenAddress, MailListener> running = [];
    private readonly List<Task> draining = [];

    /// <summary>Where it listens, with the ports that the system gave.</summary>
    public IReadOnlyList<ListenAddress> Open => [.. running.Select(r => r.Key with { EndPoint = r.Value.EndPoint })];

    /// <summary>What is open, with what clients find there.</summary>
    public IEnumerable<OpenListener> Describe() =>
        running.Select(r => new OpenListener(r.Key with { EndPoint = r.Value.EndPoint }, r.Value.Since, r.Value.OpenConnections));

    public int OpenConnections => running.Values.Sum(l => l.OpenConnections);

    /// <summary>Opens what is new, leaves what stays (it takes new options for connections to come), drains what is gone.</summary>
    /// <exception cref="ListenException">One could not be opened; then the set is as before.</exception>
    public async Task ApplyAsync(IReadOnlyList<ListenAddress> wanted, CancellationToken cancel)
    {
        var gone = running.Keys.Except(wanted).ToList();
        var opened = new Dictionary<ListenAddress, MailListener>();
        var closed = new List<ListenAddress>();
        try
        {
            foreach (var address in wanted.Where(a => !running.ContainsKey(a)))
                opened[address] = await OpenAsync(address, gone.Except(closed), closed, cancel);
        }
        catch (ListenException)
        {
            foreach (var listener in opened.Values)
                await listener.DrainAsync(new CancellationToken(canceled: true));
            foreach (var address in closed)
                await ReopenAsync(address, cancel);
            throw;
        }
        foreach (var address in wanted.Where(running.ContainsKey))
            Keep(address);
        foreach (var address in gone)
            DrainLater(address);
        foreach (var (address, listener) in opened)
        {
            running.Add(address, listener);
            LogListening(address.Kind.Name, listener.EndPoint.ToString(), address.Kind.ImplicitTls ? " over TLS" : "");
        }
    }

    /// <summary>Closes all: sessions are told, and broken off when <paramref name="patience"/> fires.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        await Task.WhenAll([.. running.Values.Select(l => l.DrainAsync(patience)), .. draining]);
        running.Clear();
    }

    private async Task<MailListener> OpenAsync(ListenAddress address, IEnumerable<ListenAddress> gone, List<ListenAddress> closed, CancellationToken cancel)
    {
        try
        {
            return await MailListener.StartAsync(describe(address), services, cancel);
        }
        catch (IOException e)
        {
            // A wildcard and one address of the same port exclude each other: a listener that only moves has to let go first.
            var inTheWay = gone.Where(g => g.EndPoint.Port == address.EndPoint.Port).ToList();
            if (inTheWay.Count == 0)
                throw new ListenException(address, e.Message);
            foreach (var other in inTheWay)
            {
                await running[other].StopAcceptingAsync();
                closed.Add(other);
            }
        }
        try
        {
            return await MailListener.StartAsync(describe(address), services, cancel);
        }
        catch (IOException e)
        {
            throw new ListenException(address, e.Message);
        }
    }

    /// <summary>It stays open, and treats connections to come by the rules as they are now.</summary>
    private void Keep(ListenAddress address)
    {
        running.Remove(address, out var listener);
        listener!.Use(describe(address));
        running.Add(address, listener); // an equal key with other rules
    }

    private async Task ReopenAsync(ListenAddress address, CancellationToken cancel)
    {
        DrainLater(address);
        try
        {
            running.Add(address, await MailListener.StartAsync(describe(address), services, cancel));
        }
        catch (IOException e)
        {
            LogLost(e, address.Kind.Name, address.EndPoint.ToString());
        }
    }

    private void DrainLater(ListenAddress address)
    {
        if (!running.Remove(address, out var listener))
            return;
        draining.RemoveAll(t => t.IsCompleted);
        draining.Add(DrainAsync(listener));
        LogClosing(address.Kind.Name, listener.EndPoint.ToString());
    }

    private static async Task DrainAsync(MailListener listener)
    {
        using var patience = new CancellationTokenSource(DrainTime, TimeProvider.System);
        await listener.DrainAsync(patience.Token);
    }

    [LoggerMessage(LogLevel.Information, "Listening for {Listener} on {Address}{Tls}")]
    private partial void LogListening(string listener, string address, string tls);

    [LoggerMessage(LogLevel.Information, "No longer listening for {Listener} on {Address}")]
    private partial void LogClosing(string listener, string address);

    [LoggerMessage(LogLevel.Error, "Listening for {Listener} on {Address} could not be taken up again")]
    private partial void LogLost(Exception e, string listener, string address);
}
