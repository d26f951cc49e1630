using System.Globalization;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Probing;

/// <summary>Finds the words for what went wrong: each finding has a cause and an advice in the texts.</summary>
internal static class ProbeDiagnosis
{
    private const int SmtpPort = 25;
    private const int ImplicitTlsPort = 465; // RFC 8314 §7.3

    /// <summary>Names that gave no address.</summary>
    public static ProbeWords Of(DnsStatus status, string name) => new(
        status switch
        {
            DnsStatus.NoSuchName => "HostUnknown",
            DnsStatus.NoData or DnsStatus.Success => "HostNoAddress",
            DnsStatus.Bogus => "DnsBogus",
            DnsStatus.Timeout => "DnsTimeout",
            _ => "DnsFailure",
        }, name);

    /// <summary>No address could be connected to.</summary>
    public static ProbeWords Of(DialOutcome outcome, string host, int port) => new(
        outcome switch
        {
            DialOutcome.Forbidden => "ConnectForbidden",
            DialOutcome.Refused => "ConnectRefused",
            DialOutcome.TimedOut => port == SmtpPort ? "ConnectTimedOut25" : "ConnectTimedOut",
            _ => "ConnectUnreachable",
        }, host, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>A certificate that does not prove the name.</summary>
    public static ProbeWords Of(CertificateFacts certificate, string host) => new(
        "Certificate" + certificate.Fault, host, certificate.Names, certificate.Issuer,
        StepRecorder.Day(certificate.Fault == CertificateFault.NotYetValid ? certificate.NotBefore : certificate.NotAfter));

    /// <summary>A session that was not made ready.</summary>
    public static ProbeWords Of(AttemptOutcome failure, TlsFault fault, ProbePlan plan, CertificateFacts? certificate) => failure.Stage switch
    {
        SmtpStage.Greeting => Greeting(failure, plan),
        SmtpStage.Tls => Tls(failure, fault, plan, certificate),
        SmtpStage.Auth => Login(failure, plan),
        SmtpStage.Ehlo when failure.IsRemote => new ProbeWords("HelloRefused", plan.Host, failure.ToString()),
        _ => Broken(failure, plan),
    };

    /// <summary>A message that was not taken.</summary>
    public static ProbeWords Of(AttemptOutcome failure, ProbePlan plan, ProbeMessage message)
    {
        if (!failure.IsRemote)
            return failure.EnhancedCode is "4.4.2" or "4.5.0" ? Broken(failure, plan) : new ProbeWords("MessageUnfit", plan.Host, failure.Text);
        var (isTemporary, answer) = (failure.Verdict == AttemptVerdict.TemporaryFailure, failure.ToString());
        if (failure.ReplyCode == 530) return new ProbeWords("LoginRequired", plan.Host, answer); // RFC 4954 §6
        if (!isTemporary && FailureCauses.Of(failure.ReplyCode, failure.EnhancedCode, failure.Text) == FailureCause.Reputation) return new ProbeWords("Reputation", plan.Host, answer);
        return failure.Stage switch
        {
            SmtpStage.Mail => new ProbeWords(isTemporary ? "SenderPutOff" : "SenderRefused", message.Sender, answer),
            SmtpStage.Rcpt => Recipient(failure, message, isTemporary),
            _ => new ProbeWords(isTemporary ? "ContentPutOff" : "ContentRefused", plan.Host, answer),
        };
    }

    private static ProbeWords Recipient(AttemptOutcome failure, ProbeMessage message, bool isTemporary)
    {
        var answer = failure.ToString();
        if (isTemporary) return new ProbeWords("RecipientPutOff", message.Recipient, answer);
        if (failure.Text.Contains("relay", StringComparison.OrdinalIgnoreCase)) return new ProbeWords("RelayDenied", message.Recipient, answer);
        return FailureCauses.Of(failure.ReplyCode, failure.EnhancedCode, failure.Text) switch
        {
            FailureCause.UnknownAddress => new ProbeWords("RecipientUnknown", message.Recipient, answer),
            FailureCause.MailboxFull => new ProbeWords("MailboxFull", message.Recipient, answer),
            _ => new ProbeWords("RecipientRefused", message.Recipient, answer),
        };
    }

    private static ProbeWords Greeting(AttemptOutcome failure, ProbePlan plan)
    {
        if (failure.IsRemote) return new ProbeWords("GreetingRefused", plan.Host, failure.ToString());
        if (failure.EnhancedCode == "4.5.0") return new ProbeWords("NotSmtp", plan.Host, Port(plan));
        if (!IsSilence(failure)) return new ProbeWords("GreetingLost", plan.Host);
        return new ProbeWords(plan.Port == ImplicitTlsPort ? "GreetingSilentTls" : "GreetingSilent", plan.Host, Port(plan));
    }

    private static ProbeWords Tls(AttemptOutcome failure, TlsFault fault, ProbePlan plan, CertificateFacts? certificate) => fault switch
    {
        TlsFault.NotOffered => new ProbeWords("TlsNotOffered", plan.Host),
        TlsFault.Refused => new ProbeWords("TlsRefused", plan.Host, failure.ToString()),
        TlsFault.Injected => new ProbeWords("TlsInjected", plan.Host),
        TlsFault.Certificate when plan.Policy.Level == TransportLevel.VerifiedByTlsa => new ProbeWords("CertificateTlsa", plan.Host),
        TlsFault.Certificate when certificate is { Fault: not CertificateFault.None } => Of(certificate, plan.Host),
        TlsFault.Handshake => new ProbeWords(plan.Use == TlsUse.Implicit ? "TlsHandshakeImplicit" : "TlsHandshake", plan.Host, failure.Text, Port(plan)),
        _ => Broken(failure, plan),
    };

    private static ProbeWords Login(AttemptOutcome failure, ProbePlan plan)
    {
        var user = plan.Credentials?.UserName ?? "";
        if (failure.IsRemote) return new ProbeWords(failure.ReplyCode >= 500 ? "LoginRefused" : "LoginPutOff", plan.Host, user, failure.ToString());
        return failure.EnhancedCode switch
        {
            "4.7.11" => new ProbeWords("LoginNotSent", plan.Host),
            "4.7.4" => new ProbeWords("LoginNotOffered", plan.Host),
            _ => Broken(failure, plan),
        };
    }

    /// <summary>The connection ended, or said what is no SMTP, or nothing.</summary>
    private static ProbeWords Broken(AttemptOutcome failure, ProbePlan plan) =>
        new(failure.IsRemote ? "PutOff" : failure.EnhancedCode == "4.5.0" ? "NotSmtp" : IsSilence(failure) ? "NoAnswer" : "ConnectionLost", plan.Host, failure.IsRemote ? failure.ToString() : Port(plan));

    // The session has one code for both, and its words tell them apart.
    private static bool IsSilence(AttemptOutcome failure) => failure.Text.StartsWith("no answer", StringComparison.Ordinal) || failure.Text.StartsWith("the peer does not read", StringComparison.Ordinal);

    private static string Port(ProbePlan plan) => plan.Port.ToString(CultureInfo.InvariantCulture);
}
