using System.ComponentModel.DataAnnotations;

namespace Facteur.Smtp.Client;

/// <summary>How our side of an outgoing session behaves.</summary>
public sealed class SmtpClientOptions
{
    /// <summary>Our name in EHLO: a host name with an address record, else peers refuse us (RFC 5321 §4.1.4).</summary>
    [Required]
    public string HostName { get; init; } = "localhost";

    /// <summary>Wait for the greeting (RFC 5321 §4.5.3.2.1).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait for the answer to EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET (RFC 5321 §4.5.3.2.2, §4.5.3.2.3).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A TLS handshake; it costs a peer less than a command may.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait for the answer to DATA (RFC 5321 §4.5.3.2.4).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait until a block of content is taken (RFC 5321 §4.5.3.2.5).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Wait for the answer to the end of the content; shorter waits make duplicates (RFC 5321 §4.5.3.2.6).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "02:00:00")]
    public TimeSpan ContentEndTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait for the answer to QUIT; nothing depends on it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// All of one transaction together, before the time that its octets take. The timeouts above are the rule (RFC 5321 §4.5.3.2); this
    /// one is for a peer that answers each of a hundred recipients just before its time is up.
    /// </summary>
    [Range(typeof(TimeSpan), "00:10:00", "1.00:00:00")]
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Slowest peer that is waited for while content goes out, beyond <see cref="TransactionTimeout"/>.</summary>
    [Range(64, 1_000_000)]
    public int MinOctetsPerSecond { get; init; } = 1_024;

    /// <summary>Transactions of one session: after so many a new one spreads the load over the hosts of the destination.</summary>
    [Range(1, 10_000)]
    public int MaxTransactions { get; init; } = 100;

    /// <summary>Age at which a session takes no further transaction: policies and certificates are looked at again.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Recipients of one transaction where the peer does not say (RFC 5321 §4.5.3.1.8: every host takes 100).</summary>
    [Range(1, 1_000)]
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Send content by BDAT where it is offered: no answer to wait for, no dots (RFC 3030 §2).</summary>
    public bool UseChunking { get; init; } = true;
}
