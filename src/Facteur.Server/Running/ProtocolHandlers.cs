using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Imap;
using Facteur.Net;
using Facteur.Pop3;
using Facteur.Server.Configuration;
using Facteur.Sieve.Managing;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Running;

/// <summary>The protocols over one store; each is one handler for all its listeners, so that what its sessions share is shared.</summary>
internal sealed class ProtocolHandlers : IDisposable
{
    private readonly LoginService logins;
    private readonly LoginRecorder recorder;
    private readonly Dictionary<ListenerProtocol, IConnectionHandler> handlers;

    public ProtocolHandlers(FacteurConfiguration configuration, MailStore store, MailServices services, TimeProvider time, ILoggerFactory loggers)
    {
        var plaintext = configuration.PlaintextAuth == PlaintextAuth.Loopback;
        logins = new LoginService(store, new LoginOptions(), time, loggers.CreateLogger<LoginService>()) { ExternalPasswords = services.Ldap };
        recorder = new LoginRecorder(logins, time, loggers.CreateLogger<LoginRecorder>());
        var handoff = services.Handoff;
        var smtp = new SmtpOptions { HostName = configuration.Hostname, PlaintextAuthOnLoopback = plaintext };
        var smtpLogger = loggers.CreateLogger<SmtpConnectionHandler>();
        handlers = new Dictionary<ListenerProtocol, IConnectionHandler>
        {
            [ListenerProtocol.Smtp] = new SmtpConnectionHandler(SmtpMode.Mx, smtp, handoff, logins: null, smtpLogger),
            [ListenerProtocol.Submission] = new SmtpConnectionHandler(SmtpMode.Submission, smtp, handoff, logins, smtpLogger),
            [ListenerProtocol.Lmtp] = new SmtpConnectionHandler(SmtpMode.Lmtp, smtp, handoff, logins: null, smtpLogger),
            [ListenerProtocol.Imap] = new ImapConnectionHandler(
                store, logins, Imap(configuration, plaintext), time, loggers.CreateLogger<ImapConnectionHandler>()),
            [ListenerProtocol.Pop3] = new Pop3ConnectionHandler(
                store, logins, new Pop3Options { PlaintextOnLoopback = plaintext }, time, loggers.CreateLogger<Pop3ConnectionHandler>()),
            [ListenerProtocol.ManageSieve] = new ManageSieveConnectionHandler(
                services.Scripts, logins, new ManageSieveOptions { PlaintextOnLoopback = plaintext }, loggers.CreateLogger<ManageSieveConnectionHandler>()),
        };
    }

    private static ImapOptions Imap(FacteurConfiguration configuration, bool plaintext) =>
        new() { PlaintextOnLoopback = plaintext, AdminUri = "mailto:postmaster@" + configuration.Hostname, SieveServer = SieveServer(configuration) };

    /// <summary>Where scripts are kept, as a URL of RFC 5804 §3; null when no listener takes them.</summary>
    private static string? SieveServer(FacteurConfiguration configuration)
    {
        if (configuration.Listen.FirstOrDefault(listener => listener.Kind.Protocol == ListenerProtocol.ManageSieve) is not { } listener) return null;
        var port = listener.EndPoint.Port;
        // A port that the system chooses is not known yet.
        return port is 0 or 4190 ? "sieve://" + configuration.Hostname : string.Create(CultureInfo.InvariantCulture, $"sieve://{configuration.Hostname}:{port}");
    }

    public IConnectionHandler this[ListenerProtocol protocol] => handlers[protocol];

    /// <summary>Checks logins of all of them.</summary>
    public LoginService Logins => logins;

    /// <summary>Starts what is written behind the sessions.</summary>
    public Task StartAsync(CancellationToken cancel) => recorder.StartAsync(cancel);

    /// <summary>Writes what the sessions left; after the last of them.</summary>
    public Task StopAsync() => recorder.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        recorder.Dispose();
        logins.Dispose();
    }
}
