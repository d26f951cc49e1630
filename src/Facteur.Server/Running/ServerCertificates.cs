using Facteur.Net;
using Facteur.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>The certificates in use: the configured files, or the local authority's; read again when they change, renewed when they are ours.</summary>
internal sealed partial class ServerCertificates : IAsyncDisposable
{
    /// <summary>How soon a file that an ACME client renewed is in use.</summary>
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private readonly ListenerRules rules;
    private LocalAuthority? authority;
    private IReadOnlyList<CertificateFiles> files;
    private List<DateTime> written;

    /// <exception cref="CertificateException">A certificate cannot be used.</exception>
    public ServerCertificates(FacteurConfiguration configuration, TimeProvider time, ILogger<ServerCertificates> logger)
    {
        (this.time, this.logger) = (time, logger);
        rules = new ListenerRules(configuration.Listen, time);
        (authority, files) = Choose(configuration);
        written = Written();
        Store = CertificateStore.Load(files, time);
        if (Store.ExpiresAt < time.GetUtcNow())
            LogExpired(Store.ExpiresAt);
        timer = time.CreateTimer(_ => Check(), null, CheckEvery, CheckEvery);
    }

    public CertificateStore Store { get; }

    /// <summary>The rules for clients' certificates in use; what was in use before may be set again.</summary>
    public ListenerRules.Loaded Rules
    {
        get => rules.Current;
        set
        {
            lock (gate)
            {
                rules.Current = value;
                written = Written();
            }
        }
    }

    /// <summary>How certificates of clients are treated at an address; null when none is asked for.</summary>
    public ClientCertificateRules? RulesAt(ListenAddress address) => rules.At(address);

    /// <summary>Takes the certificates of another configuration, or the same files again.</summary>
    /// <exception cref="CertificateException">One cannot be used; all stays as it was.</exception>
    public void Reload(FacteurConfiguration configuration)
    {
        lock (gate)
        {
            var (newAuthority, newFiles) = Choose(configuration);
            var wanted = rules.Read(configuration.Listen);
            Store.Reload(newFiles);
            rules.Current = wanted;
            (authority, files) = (newAuthority, newFiles);
            written = Written();
        }
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private (LocalAuthority? Authority, IReadOnlyList<CertificateFiles> Files) Choose(FacteurConfiguration configuration)
    {
        if (configuration.Tls.Count > 0)
            return (null, configuration.Tls);
        var local = new LocalAuthority(Path.Combine(configuration.Data, "tls"), configuration.Hostname, time);
        local.Ensure();
        return (local, [local.Files]);
    }

    private void Check()
    {
        try
        {
            lock (gate)
            {
                if (authority is not null && Store.ExpiresAt - time.GetUtcNow() < LocalAuthority.RenewalMargin)
                    authority.Ensure();
                var now = Written();
                if (now.SequenceEqual(written))
                    return;
                written = now; // a wrong file is told once, not every minute
                rules.Reload();
                Store.Reload(files);
            }
            LogReloaded(Store.ExpiresAt);
        }
        catch (Exception e)
        {
            LogReloadFailed(e);
        }
    }

    private List<DateTime> Written() =>
        [.. files.SelectMany(f => (string[])[f.Certificate, f.Key]).Concat(rules.Files).Select(File.GetLastWriteTimeUtc)];

    [LoggerMessage(LogLevel.Information, "Certificates were read again; the first to end is valid until {Until:u}")]
    private partial void LogReloaded(DateTimeOffset until);

    [LoggerMessage(LogLevel.Error, "Certificates could not be renewed or read again; those in use stay")]
    private partial void LogReloadFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "A certificate ended on {Until:u}; clients will refuse it")]
    private partial void LogExpired(DateTimeOffset until);
}
