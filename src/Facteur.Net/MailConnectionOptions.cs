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
}
