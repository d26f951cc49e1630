namespace Facteur.Net;

/// <summary>Why a connection ended: the closed list that logs and metrics use.</summary>
public enum EndReason
{
    /// <summary>QUIT, LOGOUT.</summary>
    ClientQuit,
    /// <summary>The client closed or reset without a word; never an error.</summary>
    ClientClosed,
    /// <summary>Silent for longer than the state allows.</summary>
    Timeout,
    /// <summary>More octets or time before login than allowed.</summary>
    PreLoginBudget,
    /// <summary>Too many bad commands or failed logins.</summary>
    TooManyErrors,
    /// <summary>The stream lost its frame (a literal announced too large, a line without end).</summary>
    ProtocolViolation,
    /// <summary>Octets in clear followed STARTTLS (RFC 3207 §4, RFC 9051 §6.2.1).</summary>
    PlaintextAfterStartTls,
    TlsFailed,
    /// <summary>The listener requires a client certificate and there was none that it believes.</summary>
    CertificateRequired,
    /// <summary>Too many connections from the address or in all.</summary>
    ConnectionLimit,
    /// <summary>The account was disabled, removed or got another password.</summary>
    AccountChanged,
    /// <summary>The server stops.</summary>
    Draining,
    /// <summary>The client does not read what it asked for.</summary>
    SlowReader,
    /// <summary>Another session deleted the mailbox this one had selected.</summary>
    MailboxDeleted,
    /// <summary>Our fault; the log holds the cause.</summary>
    ServerFault,
}
