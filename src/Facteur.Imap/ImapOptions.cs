using System.ComponentModel.DataAnnotations;

namespace Facteur.Imap;

/// <summary>Limits and rules of IMAP sessions.</summary>
public sealed class ImapOptions
{
    /// <summary>How long a silent client is kept once logged in, IDLE included. Not under 30 minutes (RFC 9051 §5.4).</summary>
    [Range(typeof(TimeSpan), "00:30:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(31);

    /// <summary>Time between "* OK Still here" during IDLE; Outlook and address translators want one every few minutes (CLIENTS 5).</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:29:00")]
    public TimeSpan IdleHeartbeat { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the octets of one literal may pause.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan LiteralTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Octets of one message of APPEND, told as APPENDLIMIT (RFC 7889). 64 MiB, above what senders accept.</summary>
    [Range(64 * 1024, int.MaxValue)]
    public long AppendLimitOctets { get; init; } = 64 * 1024 * 1024;

    /// <summary>Messages of one MULTIAPPEND: they lie in the store together until the last came.</summary>
    [Range(1, 10_000)]
    public int MaxAppendMessages { get; init; } = 1_000;

    /// <summary>Octets of one command line with its CRLF. At least 8192 (RFC 7162 §4); long UID sets need more.</summary>
    [Range(8192, 1024 * 1024)]
    public int MaxLineOctets { get; init; } = 64 * 1024;

    /// <summary>Octets of one command with the literals it holds, but for messages of APPEND.</summary>
    [Range(8192, 8 * 1024 * 1024)]
    public int MaxCommandOctets { get; init; } = 256 * 1024;

    /// <summary>Commands answered BAD in a row before the connection is closed.</summary>
    [Range(3, 1_000)]
    public int MaxBadCommands { get; init; } = 20;

    /// <summary>Failed logins of one connection before it is closed.</summary>
    [Range(1, 100)]
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>"sieve://…" of the ManageSieve server where scripts for events of mailboxes are kept (RFC 6785 §2.1); null: scripts run at none.</summary>
    public string? SieveServer { get; init; }

    /// <summary>URI by which people reach who runs the server, told as "/shared/admin" (RFC 5464 §3.2.1.1); null: none is told.</summary>
    public string? AdminUri { get; init; }

    /// <summary>Passwords without TLS from this machine itself (auth.plaintext = loopback). Never by default.</summary>
    public bool PlaintextOnLoopback { get; init; }
}
