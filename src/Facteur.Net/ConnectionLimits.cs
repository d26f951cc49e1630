namespace Facteur.Net;

/// <summary>What one connection may use before it has shown that it is worth more.</summary>
public sealed record ConnectionLimits
{
    /// <summary>Most octets received before <see cref="MailConnection.LiftBudget"/>. Default 64 KiB: a login with every mechanism takes less than 20.</summary>
    public long BudgetOctets { get; init; } = 64 * 1024;

    /// <summary>Longest time from the first octet of the connection to <see cref="MailConnection.LiftBudget"/>. Default 30 s: a client that logs in does so at once.</summary>
    public TimeSpan BudgetTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest TLS handshake. Default 15 s; BudgetTime still applies.</summary>
    public TimeSpan HandshakeTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for a client to take answers that wait for it. Default 2 min without room for 64 KiB more.</summary>
    public TimeSpan FlushTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait, at the end of a connection, for its last octets to leave. Default 5 s.</summary>
    public TimeSpan CloseTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For sessions that log in: IMAP, POP3, submission.</summary>
    public static ConnectionLimits Login { get; } = new();

    /// <summary>
    /// For mail from other servers (25, LMTP), which never log in and may think for minutes between commands
    /// (RFC 5321 §4.5.3.2): 64 KiB and 5 minutes in all before the first recipient is accepted.
    /// </summary>
    public static ConnectionLimits Relay { get; } = new() { BudgetTime = TimeSpan.FromMinutes(5) };
}
