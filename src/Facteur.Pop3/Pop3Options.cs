using System.ComponentModel.DataAnnotations;

namespace Facteur.Pop3;

/// <summary>Limits and rules of POP3 sessions.</summary>
public sealed class Pop3Options
{
    /// <summary>How long a silent client is kept once logged in. Not under 10 minutes (RFC 1939 §3); before login the connection's own budget ends sooner.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Octets of one command line with its CRLF. At least 255 (RFC 2449 §4); more, because clients send AUTH PLAIN with an initial response past it.</summary>
    [Range(255, 64 * 1024)]
    public int MaxLineOctets { get; init; } = 4096;

    /// <summary>Commands that make no sense, in a row, before the connection is closed.</summary>
    [Range(3, 1_000)]
    public int MaxBadCommands { get; init; } = 20;

    /// <summary>Failed logins of one connection before it is closed.</summary>
    [Range(1, 100)]
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>How long a login waits for another session to leave the maildrop: clients that reconnect at once overtake their own goodbye.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaildropWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Messages of maildrops whose lists stay in memory between logins: 24 octets each, so 36 MB; a mailbox of a million is among them.</summary>
    [Range(0, 100_000_000)]
    public int RememberedMessages { get; init; } = 1_500_000;

    /// <summary>Passwords without TLS from this machine itself (auth.plaintext = loopback). Never by default.</summary>
    public bool PlaintextOnLoopback { get; init; }
}
