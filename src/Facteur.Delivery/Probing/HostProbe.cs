using System.Net;
using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>How one host is to be talked to.</summary>
internal sealed record ProbePlan(string Host, int Port, TlsUse Use, TransportPolicy Policy, DialPurpose Purpose)
{
    public SmtpCredentials? Credentials { get; init; }
    public bool IsLmtp { get; init; }
}

/// <summary>One host, from its addresses to the end of the session; each step is timed, and the first that fails is the last.</summary>
internal sealed class HostProbe(ProbeServices services, ProbePlan plan, List<ProbeStep> steps)
{
    private readonly StepRecorder recorder = new(steps, plan.Host, plan.Credentials?.UserName, services.Time);

    /// <summary>Looks the addresses up, as delivery does.</summary>
    public static async ValueTask<(HostLookup Lookup, ProbeStep Step)> FindAsync(ProbeServices services, string host, CancellationToken cancel)
    {
        var start = services.Time.GetTimestamp();
        // localhost never goes to DNS (RFC 6761 §6.3).
        var lookup = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            ? new HostLookup(host, DnsStatus.Success, [IPAddress.Loopback, IPAddress.IPv6Loopback], false, host)
            : await new AddressLookup(services.Resolver, services.Time).FindAsync(host, cancel);
        var elapsed = services.Time.GetElapsedTime(start);
        if (lookup.Addresses.Count == 0) return (lookup, ProbeStep.Failed(ProbeStepKind.Addresses, elapsed, ProbeDiagnosis.Of(lookup.Status, host)));
        var list = string.Join(", ", lookup.Addresses);
        var result = lookup.IsAlias ? new ProbeWords("AddressesByAlias", list, lookup.CanonicalName) : new ProbeWords("Addresses", list);
        return (lookup, ProbeStep.Good(ProbeStepKind.Addresses, elapsed, lookup.IsAuthentic ? new ProbeWords("Authentic", result) : result));
    }

    /// <summary>Connects and makes a session; with a message, sends it.</summary>
    public async ValueTask RunAsync(IReadOnlyList<IPAddress> addresses, ProbeMessage? message, Func<ProbeMessage, OutgoingContent>? write, CancellationToken cancel)
    {
        if (await ConnectAsync(addresses, cancel) is not { } connection) return;
        var opening = await SmtpClientSession.OpenAsync(connection.Stream, Setup(connection.Remote), services.Client, services.Time, cancel);
        if (opening.Session is not { } session)
        {
            recorder.Fail(opening.Failure!.Stage, ProbeDiagnosis.Of(opening.Failure, opening.TlsFault, plan, recorder.Certificate));
            return;
        }
        await using (session)
        {
            if (message is not null) await SendAsync(session, message, write!(message), cancel);
        }
    }

    private async ValueTask SendAsync(SmtpClientSession session, ProbeMessage message, OutgoingContent content, CancellationToken cancel)
    {
        var envelope = new OutgoingEnvelope { Sender = message.Sender, Recipients = [new OutgoingRecipient(message.Recipient)], SmtpUtf8 = !System.Text.Ascii.IsValid(message.Sender + message.Recipient) };
        var outcome = (await session.SendAsync(envelope, content, cancel))[0];
        if (outcome.Verdict != AttemptVerdict.Delivered) recorder.Fail(outcome.Stage, ProbeDiagnosis.Of(outcome, plan, message));
    }

    /// <summary>One address after the other, so that a lame one is seen though another works.</summary>
    private async ValueTask<DialedConnection?> ConnectAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancel)
    {
        var start = services.Time.GetTimestamp();
        var failed = new List<ProbeWords>();
        var last = DialOutcome.Unreachable;
        foreach (var address in addresses)
        {
            var endPoint = new IPEndPoint(address, plan.Port);
            var dialed = await services.Dial(endPoint, plan.Purpose, cancel);
            if (dialed.IsConnected)
            {
                var step = ProbeStep.Good(ProbeStepKind.Connect, services.Time.GetElapsedTime(start), new ProbeWords("Connected", dialed.Connection.Remote.ToString(), dialed.Connection.Local.Address.ToString()));
                steps.Add(failed.Count == 0 ? step : step.Warn(new ProbeWords("SomeAddressesFail", plan.Host, failed)));
                return dialed.Connection;
            }
            last = dialed.Outcome;
            failed.Add(new ProbeWords("Attempt" + dialed.Outcome, endPoint.ToString()));
        }
        steps.Add(ProbeStep.Failed(ProbeStepKind.Connect, services.Time.GetElapsedTime(start), ProbeDiagnosis.Of(last, plan.Host, plan.Port)) with { Result = new ProbeWords("Attempts", failed) });
        return null;
    }

    private SmtpClientSetup Setup(IPEndPoint remote)
    {
        var now = services.Time.GetUtcNow();
        var judge = new CertificateJudge(plan.Policy, now);
        var chain = OutboundTrust.ChainPolicy(services.ExtraRoots);
        chain.VerificationTime = now.UtcDateTime;
        return new SmtpClientSetup
        {
            Host = new RemoteHost(plan.Host, remote),
            Credentials = plan.Credentials,
            IsLmtp = plan.IsLmtp,
            Observer = recorder,
            Tls = new SmtpClientTls(plan.Use, plan.Policy.ServerName)
            {
                ChainPolicy = chain,
                Check = (certificate, built, errors) =>
                {
                    recorder.Certificate = CertificateFacts.Of(plan.Policy.ServerName, certificate, built, errors, now);
                    var verdict = judge.Check(certificate, built, errors);
                    recorder.IsVerifiedByTlsa = verdict.Verification == TlsVerification.Tlsa;
                    return verdict;
                },
            },
        };
    }
}
