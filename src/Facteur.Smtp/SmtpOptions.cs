using System.ComponentModel.DataAnnotations;

namespace Facteur.Smtp;

/// <summary>What an SMTP listener allows.</summary>
public sealed class SmtpOptions
{
    /// <summary>Our name in the greeting and the EHLO answer: the host name that the MX record holds.</summary>
    [Required]
    public string HostName { get; init; } = "localhost";

    /// <summary>Longest message in octets, announced by SIZE (RFC 1870). 50 MiB: what large providers take.</summary>
    [Range(64 * 1024L, 1L << 40)]
    public long MaxMessageOctets { get; init; } = 50 * 1024 * 1024;

    /// <summary>Recipients of one message; further ones get 452 and the client sends again (RFC 5321 §4.5.3.1.8: at least 100).</summary>
    [Range(100, 100_000)]
    public int MaxRecipients { get; init; } = 1_000;

    /// <summary>Bad commands before the connection ends; an accepted message starts the count anew.</summary>
    [Range(3, 1_000)]
    public int MaxErrors { get; init; } = 20;

    /// <summary>Recipients refused before the connection ends: a host that guesses addresses is stopped early.</summary>
    [Range(10, 100_000)]
    public int MaxRefusedRecipients { get; init; } = 100;

    /// <summary>Failed logins before the connection ends (RFC 4954 §9: not before the third).</summary>
    [Range(3, 20)]
    public int MaxFailedLogins { get; init; } = 3;

    /// <summary>Octets of commands without a recipient or message accepted in between, for who did not log in. 64 KiB: 1,000 usual commands.</summary>
    [Range(16 * 1024, 16 * 1024 * 1024)]
    public int MaxIdleCommandOctets { get; init; } = 64 * 1024;

    /// <summary>How long a silent client is kept, between commands and inside a message (RFC 5321 §4.5.3.2.7: at least 5 minutes).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "01:00:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Silence allowed on a submission port before the login: a person's client logs in at once.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far ahead a client may have a message sent (RFC 4865); zero: not offered. A year: nobody plans mail beyond.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxFutureRelease { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Accept passwords in clear from a loopback address, for a program on the same machine. Off: a password is never asked for without TLS.</summary>
    public bool PlaintextAuthOnLoopback { get; init; }
}
