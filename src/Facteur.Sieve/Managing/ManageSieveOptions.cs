using System.ComponentModel.DataAnnotations;

namespace Facteur.Sieve.Managing;

/// <summary>Limits and rules of ManageSieve sessions.</summary>
public sealed class ManageSieveOptions
{
    /// <summary>How long a silent client is kept once logged in. Not under 30 minutes (RFC 5804 §1.2); before login the connection's own budget ends sooner.</summary>
    [Range(typeof(TimeSpan), "00:30:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Octets of one line with its CRLF, and of a command before login: the longest SASL message in base64 fits.</summary>
    [Range(4 * 1024, 64 * 1024)]
    public int MaxLineOctets { get; init; } = 24 * 1024;

    /// <summary>Octets of a script that is refused as too large and read past all the same, so that the client hears why.</summary>
    [Range(0, 100_000_000)]
    public int MaxSkippedOctets { get; init; } = 8 * 1024 * 1024;

    /// <summary>Commands that make no sense, in a row, before the connection is closed.</summary>
    [Range(3, 1_000)]
    public int MaxBadCommands { get; init; } = 20;

    /// <summary>Failed logins of one connection before it is closed.</summary>
    [Range(1, 100)]
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>Passwords without TLS from this machine itself (auth.plaintext = loopback). Never by default.</summary>
    public bool PlaintextOnLoopback { get; init; }
}
