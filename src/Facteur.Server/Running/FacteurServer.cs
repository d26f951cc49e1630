using Facteur.Accounts;
using Facteur.Net;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Storage;
using Facteur.Web;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>
/// The running server: store, certificates, protocols, listeners. Starts whole or not at all; a reload takes what is right
/// and keeps what runs when something is wrong; a stop lets transactions in progress finish.
/// </summary>
internal sealed partial class FacteurServer : IServerState, IAsyncDisposable
{
    private const string NeedsRestart = "hostname, data, auth, dns and outbound change only with a restart; they stay as they are";

    private readonly SemaphoreSlim reloading = new(1);
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;
    private readonly ConnectionMetrics metrics = new();
    private readonly IdleMemory idleMemory;
    private readonly ServerCertificates certificates;
    private readonly MailServices services;
    private readonly ProtocolHandlers handlers;
    private readonly ListenerSet mail;
    private readonly WebServices pages;
    private readonly WebListeners web;
    private readonly ControlServer control;
    private FacteurConfiguration configuration;
    private volatile string? notReady = "The server starts.";

    private FacteurServer(FacteurConfiguration configuration, MailStore store, ServerCertificates certificates, TimeProvider time, ILoggerFactory loggers)
    {
        (this.configuration, Store, this.certificates, this.time, this.loggers) = (configuration, store, certificates, time, loggers);
        logger = loggers.CreateLogger<FacteurServer>();
        services = new MailServices(configuration, store, time, loggers);
        handlers = new ProtocolHandlers(configuration, store, services, time, loggers);
        mail = new ListenerSet(ListenerServices.ForSockets(new ConnectionGateOptions(), metrics, loggers), Describe, loggers.CreateLogger<ListenerSet>());
        pages = WebPages.Over(configuration, store, handlers.Logins, services, () => Listeners, time, loggers);
        web = new WebListeners(certificates, () => notReady, services.Policies, pages, time, loggers);
        var verbs = ControlVerbs.Over(store, new AccountService(store, new LoginOptions(), time), services, this, loggers.CreateLogger<ControlVerbs>());
        control = new ControlServer(configuration.Data, verbs, loggers.CreateLogger<ControlServer>());
        idleMemory = new IdleMemory(time);
        Started = time.GetUtcNow();
    }

    public MailStore Store { get; }

    public DateTimeOffset Started { get; }

    public FacteurConfiguration Configuration => configuration;

    /// <summary>The store is open and all listeners are bound.</summary>
    public bool IsReady => notReady is null;

    /// <inheritdoc/>
    public LoginService Logins => handlers.Logins;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<ListenAddress> Listeners => [.. mail.Open, .. web.Open];

    public int OpenConnections => mail.OpenConnections;

    /// <summary>Opens everything.</summary>
    /// <param name="openStore">Opens the store in a folder; the server closes it.</param>
    /// <exception cref="StartException">Something is in the way; the message is one sentence for the operator.</exception>
    public static async Task<FacteurServer> StartAsync(
        FacteurConfiguration configuration, Func<string, CancellationToken, ValueTask<MailStore>> openStore, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel)
    {
        MailStore? store = null;
        ServerCertificates? certificates = null;
        FacteurServer? server = null;
        try
        {
            DataFolder.Make(configuration.Data);
            store = await openStore(configuration.Data, cancel);
            certificates = new ServerCertificates(configuration, time, loggers.CreateLogger<ServerCertificates>());
            server = new FacteurServer(configuration, store, certificates, time, loggers);
            await server.ListenAsync(configuration, cancel);
            await server.services.StartAsync(cancel);
            await server.handlers.StartAsync(cancel);
            if (server.pages.Alerts is { } alerts) await alerts.StartAsync(cancel);
            await server.control.StartAsync(cancel);
            await server.control.Listening;
            server.notReady = null;
            server.LogReady(configuration.Hostname);
            return server;
        }
        catch (Exception e)
        {
            if (server is not null)
                await server.StopAsync(new CancellationToken(canceled: true));
            else
            {
                if (certificates is not null)
                    await certificates.DisposeAsync();
                if (store is not null)
                    await store.DisposeAsync();
            }
            if (StartException.Explain(e, configuration) is { } explained)
                throw explained;
            throw;
        }
    }

    /// <inheritdoc/>
    public ServerStatus Describe() => new(
        Running: true, IsReady, ServerVersion.Text, configuration.Hostname, Started,
        [.. Listeners.Select(listener => new ListenerView(listener.Kind.Name, listener.EndPoint.ToString()))], OpenConnections, Domains: 0, Accounts: 0);

    /// <inheritdoc/>
    public IReadOnlyList<OpenListener> DescribeListeners() =>
        [.. mail.Describe(), .. web.Open.Select(address => new OpenListener(address, web.Since, Connections: null))];

    /// <summary>Reads the configuration from where it came from; who runs the server says how.</summary>
    public Func<FacteurConfiguration>? Source { get; set; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ReloadAsync(CancellationToken cancel)
    {
        try
        {
            return Source is null ? [] : await ReloadAsync(Source(), cancel);
        }
        catch (ConfigurationException e)
        {
            LogKept("configuration", e.Message);
            return [e.Message];
        }
    }

    /// <summary>Takes another configuration while running. What cannot change, or is wrong, stays as it is; answers that in sentences, which the log has too.</summary>
    public async Task<IReadOnlyList<string>> ReloadAsync(FacteurConfiguration changed, CancellationToken cancel)
    {
        await reloading.WaitAsync(cancel);
        try
        {
            return await TakeAsync(changed, cancel);
        }
        finally
        {
            reloading.Release();
        }
    }

    private async Task<IReadOnlyList<string>> TakeAsync(FacteurConfiguration changed, CancellationToken cancel)
    {
        var kept = new List<string>();
        if (changed.FixedAtStart != configuration.FixedAtStart)
        {
            kept.Add(NeedsRestart);
            LogNeedsRestart(NeedsRestart);
            changed = changed.KeepingFixedOf(configuration);
        }
        var formerRules = certificates.Rules;
        try
        {
            certificates.Reload(changed);
        }
        catch (Exception e) when (e is CertificateException or IOException or UnauthorizedAccessException)
        {
            kept.Add($"The certificates and listeners stay as they are: {e.Message}");
            LogKept("certificates and listeners", e.Message);
            // Addresses go with the rules for certificates there.
            changed = changed with { Tls = configuration.Tls, Listen = configuration.Listen };
        }
        var former = configuration;
        try
        {
            configuration = changed;
            await ListenAsync(changed, cancel);
        }
        catch (ListenException e)
        {
            configuration = changed with { Listen = former.Listen };
            certificates.Rules = formerRules;
            await ListenAsync(configuration, cancel);
            kept.Add($"The listeners stay as they are: {e.Message}");
            LogKept("listeners", e.Message);
        }
        LogReloaded();
        return kept;
    }

    /// <summary>
    /// No new connections; transactions in progress finish and idle clients get their protocol's goodbye, until
    /// <paramref name="patience"/> fires and the rest is broken off. Then the store is closed.
    /// </summary>
    public async Task StopAsync(CancellationToken patience)
    {
        notReady = "The server stops.";
        LogStopping(OpenConnections);
        await mail.DrainAsync(patience);
        await web.DisposeAsync();
        if (pages.Alerts is { } alerts) await alerts.StopAsync(patience);
        pages.Dispose();
        await control.StopAsync(CancellationToken.None);
        control.Dispose();
        await handlers.StopAsync();
        handlers.Dispose();
        await services.StopAsync(patience);
        await services.DisposeAsync();
        await certificates.DisposeAsync();
        await Store.DisposeAsync();
        await idleMemory.DisposeAsync();
        metrics.Dispose();
        reloading.Dispose();
        LogStopped();
    }

    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    private async Task ListenAsync(FacteurConfiguration wanted, CancellationToken cancel)
    {
        var byWeb = wanted.Listen.ToLookup(a => a.Kind.Protocol == ListenerProtocol.Http);
        await mail.ApplyAsync([.. byWeb[false]], cancel);
        await web.ApplyAsync([.. byWeb[true]], cancel);
    }

    private MailListenerOptions Describe(ListenAddress address) => new()
    {
        EndPoint = address.EndPoint,
        Handler = handlers[address.Kind.Protocol],
        ImplicitTls = address.Kind.ImplicitTls,
        Proxies = configuration.Proxies,
        Connection = new MailConnectionOptions
        {
            Listener = address.Kind.Name,
            Limits = address.Kind.Limits,
            Time = time,
            Certificates = certificates.Store,
            ClientCertificates = certificates.RulesAt(address),
            LogsInByCertificate = address.Rules.Preauth,
        },
    };

    [LoggerMessage(LogLevel.Information, "Facteur is ready on {Hostname}")]
    private partial void LogReady(string hostname);

    [LoggerMessage(LogLevel.Information, "Stopping; {Connections} connections are open")]
    private partial void LogStopping(int connections);

    [LoggerMessage(LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(LogLevel.Information, "The configuration was read again")]
    private partial void LogReloaded();

    [LoggerMessage(LogLevel.Warning, "{Sentence}")]
    private partial void LogNeedsRestart(string sentence);

    [LoggerMessage(LogLevel.Error, "The {What} stay as they are: {Why}")]
    private partial void LogKept(string what, string why);
}
