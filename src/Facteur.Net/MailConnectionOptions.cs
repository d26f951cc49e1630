namespace Facteur.Net;

/// <summary>What all connections of one listener share.</summary>
public sealed record MailConnectionOptions
{
    /// <summary>Name of the listener ("imaps", "submission" ...).</summary>
    public string Listener { get; init; } = "test";

    /// <summary>Budgets and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Login;

    /// <summary>Clock of deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Certificates for TLS; null offers none.</summary>
    public CertificateStore? Certificates { get; init; }

    /// <summary>How certificates of clients are treated; null asks for none.</summary>
    public ClientCertificateRules? ClientCertificates { get; init; }

    /// <summary>Who shows a certificate that is bound to an account is logged in before the greeting (IMAP PREAUTH).</summary>
    public bool LogsInByCertificate { get; init; }

    /// <summary>The last words of the protocol to a client that is sent away, with the reason in them.</summary>
    public Func<string, ReadOnlyMemory<byte>>? Refusal { get; init; }
}
