using System.ComponentModel.DataAnnotations;

namespace Facteur.Accounts;

/// <summary>How passwords are checked. The defaults make a safe server; tests lower <see cref="HashIterations"/>.</summary>
public sealed class LoginOptions
{
    /// <summary>Rounds of PBKDF2-HMAC-SHA512 for new passwords; a login with fewer rounds is hashed again. 210,000 is what OWASP advises for SHA-512.</summary>
    [Range(1, 10_000_000)]
    public int HashIterations { get; init; } = 210_000;

    /// <summary>
    /// Rounds of PBKDF2-HMAC-SHA256 in SCRAM verifiers; at least 4096 (RFC 7677 §3), at most what widely used client libraries
    /// still compute for a server (65,536). It is the client that pays them at each login.
    /// </summary>
    public int ScramIterations => Math.Clamp(HashIterations, 4096, 65_536);

    /// <summary>Passwords hashed at one time. As many as cores: more would only make each slower.</summary>
    [Range(1, 1024)]
    public int ParallelHashes { get; init; } = Environment.ProcessorCount;

    /// <summary>Logins that may wait for their turn in all; beyond it a client is told to try again. 500 are about 25 s on two cores.</summary>
    [Range(1, 100_000)]
    public int WaitingLogins { get; init; } = 500;

    /// <summary>Logins of one address that may wait. A mail program opens about ten connections at once; an office behind one address, some more.</summary>
    [Range(1, 100_000)]
    public int WaitingLoginsPerAddress { get; init; } = 64;

    /// <summary>How long a verified password is remembered, so that clients that connect often cost no hash.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Verified logins remembered, about 150 octets each.</summary>
    [Range(0, 10_000_000)]
    public int RememberedLogins { get; init; } = 50_000;

    /// <summary>Failures of one address or account that cost no delay: typing errors.</summary>
    [Range(0, 1000)]
    public int FreeFailures { get; init; } = 5;

    /// <summary>Delay after the first failure that costs one; it doubles with each further failure.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest delay of an address (IPv6: its /64).</summary>
    public TimeSpan LongestAddressDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest delay of an account; short, because strangers cause it.</summary>
    public TimeSpan LongestAccountDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Different wrong passwords from one address within <see cref="ForgetFailuresAfter"/> that block it; a program with an old password repeats one.</summary>
    [Range(1, 100_000)]
    public int BlockAfter { get; init; } = 100;

    /// <summary>How long an address stays blocked.</summary>
    public TimeSpan BlockFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>An address that an account logged in from so lately is known to it: strangers' failures do not slow it.</summary>
    public TimeSpan KnownFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the login history is kept.</summary>
    public TimeSpan HistoryKept { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Failures are forgotten after this long without a new one.</summary>
    public TimeSpan ForgetFailuresAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Addresses and accounts whose failures are counted; the oldest give way.</summary>
    [Range(16, 10_000_000)]
    public int CountedFailures { get; init; } = 20_000;
}
