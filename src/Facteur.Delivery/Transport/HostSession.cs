using System.Net;
using Facteur.Net.Dialing;
using Facteur.Smtp.Client;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Transport;

/// <summary>How a session with one host is to be made.</summary>
/// <param name="PolicyDomain">Domain that reports go to; null: nothing is observed.</param>
internal sealed record HostPlan(string Host, TransportPolicy Policy, TlsUse Use, DialPurpose Purpose, string? PolicyDomain)
{
    public SmtpCredentials? Credentials { get; init; }
    public bool IsLmtp { get; init; }
    public bool RequireTls { get; init; }
    public ISmtpClientObserver? Observer { get; init; }
}

/// <summary>Connects to one address of a host and makes a session that is ready for mail.</summary>
internal static partial class HostSession
{
    /// <summary>A session, or why there is none. In clear only when TLS failed and no policy asks for it, once, over a new connection.</summary>
    public static async ValueTask<(IDeliverySession? Session, AttemptOutcome? Failure)> OpenAsync(MxHostConnector connector, HostPlan plan, IPEndPoint address, CancellationToken cancel)
    {
        var opening = await AttemptAsync(connector, plan, address, plan.Use, cancel);
        if (opening.TlsFault == TlsFault.Handshake && plan.Policy.MayGoInClear && plan.Use == TlsUse.WhenOffered)
        {
            LogInClear(connector.Log, plan.Host, opening.Failure!.Text);
            var inClear = await AttemptAsync(connector, plan, address, TlsUse.Never, cancel);
            if (inClear.Failure is not { Stage: SmtpStage.Connect }) opening = inClear; // else the failed handshake is what there is to tell
        }
        if (opening.Session is not { } session) return (null, plan.RequireTls && opening.TlsFault != TlsFault.None ? NoTls(opening.Failure!) : opening.Failure);
        if (!plan.RequireTls || session.Capabilities.RequireTls) return (new DeliverySession(session), null);
        await session.DisposeAsync(); // RFC 8689 §4.2.1: QUIT, and the next host
        return (null, Findings.Of(AttemptVerdict.PermanentFailure, SmtpStage.Ehlo, "5.7.30", "the sender asks for REQUIRETLS, which the host does not know") with { Host = session.Host, Tls = session.Tls });
    }

    // RFC 8689 §4.2.1: no TLS, no mail, and the sender is told.
    private static AttemptOutcome NoTls(AttemptOutcome failure) => failure with { Verdict = AttemptVerdict.PermanentFailure, EnhancedCode = "5.7.10" };

    private static async ValueTask<SmtpOpening> AttemptAsync(MxHostConnector connector, HostPlan plan, IPEndPoint address, TlsUse use, CancellationToken cancel)
    {
        var services = connector.Services;
        var start = services.Time.GetTimestamp();
        var host = new RemoteHost(plan.Host, address);
        var dialed = await services.Dial(address, plan.Purpose, cancel);
        connector.Addresses.Note(address.Address, dialed.IsConnected);
        plan.Observer?.Note(SmtpStage.Connect, dialed.Sentence);
        plan.Observer?.Finished(SmtpStage.Connect, services.Time.GetElapsedTime(start));
        if (!dialed.IsConnected) return new SmtpOpening(null, NotConnected(dialed, plan.Purpose) with { Host = host, Elapsed = services.Time.GetElapsedTime(start) }, TlsFault.None);

        var judge = new CertificateJudge(plan.Policy, services.Time.GetUtcNow());
        var isJudged = plan.Policy.Level > TransportLevel.Encrypted || plan.Policy.IsTesting;
        var chain = OutboundTrust.ChainPolicy(connector.Options.ExtraRoots);
        chain.VerificationTime = services.Time.GetUtcNow().UtcDateTime;
        var setup = new SmtpClientSetup
        {
            Host = host,
            Tls = new SmtpClientTls(use, plan.Policy.ServerName) { Check = isJudged ? judge.Check : null, ChainPolicy = chain },
            Credentials = plan.Credentials,
            IsLmtp = plan.IsLmtp,
            Observer = plan.Observer,
        };
        var opening = await SmtpClientSession.OpenAsync(dialed.Connection.Stream, setup, connector.Client, services.Time, cancel);
        if (use != TlsUse.Never) Observe(services, plan, judge, opening, address.Address, dialed.Connection.Local.Address);
        return opening;
    }

    // An MX record that leads into a private network is the domain's last word; a smarthost there is a setting to mend.
    private static AttemptOutcome NotConnected(DialResult dialed, DialPurpose purpose) => dialed.Outcome == DialOutcome.Forbidden && purpose == DialPurpose.MailExchange
        ? Findings.Of(AttemptVerdict.PermanentFailure, SmtpStage.Connect, "5.4.4", dialed.Sentence)
        : Findings.Of(AttemptVerdict.TemporaryFailure, SmtpStage.Connect, "4.4.1", dialed.Sentence);

    /// <summary>One session, one observation (RFC 8460 §4.3); a host that did not come as far as TLS is none (§4.3.4).</summary>
    private static void Observe(TransportServices services, HostPlan plan, CertificateJudge judge, SmtpOpening opening, IPAddress remote, IPAddress local)
    {
        if (services.Observer is null || plan.PolicyDomain is null) return;
        var (result, reason) = opening switch
        {
            { TlsFault: TlsFault.NotOffered or TlsFault.Refused } or { Session: { Tls: null } } => (TlsResultType.StartTlsNotSupported, opening.Failure?.Text),
            { TlsFault: TlsFault.Handshake or TlsFault.Injected } => (TlsResultType.ValidationFailure, opening.Failure?.Text),
            _ when judge.Result != TlsResultType.Success => (judge.Result, judge.Reason),
            { Session: null } => (TlsResultType.Success, null),
            _ => (plan.Policy.Defect ?? TlsResultType.Success, plan.Policy.DefectReason),
        };
        if (result == TlsResultType.Success && opening.Session is null && opening.Failure?.Tls is null) return;
        services.Observer.Observe(new TlsObservation(services.Time.GetUtcNow(), plan.PolicyDomain, plan.Policy.Type, plan.Policy.PolicyStrings, plan.Policy.MxPatterns, result, plan.Host, remote, local, reason));
    }

    [LoggerMessage(LogLevel.Information, "TLS with {Host} failed and no policy asks for it: once more in clear ({Reason})")]
    private static partial void LogInClear(ILogger logger, string host, string reason);
}
