namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>What happens to mail while a checker does not answer.</summary>
public enum CheckerFailure : byte
{
    /// <summary>It comes in unchecked, and the header says so.</summary>
    Accept,
    /// <summary>It waits: the sender is asked to try again.</summary>
    Defer,
}

/// <summary>A program outside that looks at messages. Each is off until its address is set.</summary>
public abstract record CheckerSettings
{
    public CheckerFailure OnFailure { get; init; }

    /// <summary>From the connection to the verdict. 30 seconds; the client waits for the reply to its message for 10 minutes (RFC 5321 §4.5.3.2.6).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longer messages are not shown to it, in octets. 25 MiB, the limit of a clamd as Debian sets it up.</summary>
    public long MaxOctets { get; init; } = 25 * 1024 * 1024;

    /// <summary>Looks at the mail of those who logged in as well.</summary>
    public bool Outbound { get; init; }
}

/// <summary>rspamd, by HTTP.</summary>
public sealed record RspamdSettings : CheckerSettings
{
    /// <summary>Such as "http://127.0.0.1:11333": its normal or proxy worker.</summary>
    public string Url { get; init; } = "";

    /// <summary>Sent as the Password field, where its worker asks for one; or null.</summary>
    public string? Password { get; init; }

    /// <summary>Our points for one of rspamd's. 0.7: its limits for "add header" and "reject" are 6 and 15 of its points.</summary>
    public double Weight { get; init; } = 0.7;

    /// <summary>Its "reject" refuses the message; else it counts as points enough for Junk.</summary>
    public bool Reject { get; init; } = true;
}

/// <summary>ClamAV, by the INSTREAM command of clamd.</summary>
public sealed record ClamdSettings : CheckerSettings
{
    /// <summary>"unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310".</summary>
    public string Address { get; init; } = "";

    /// <summary>An infected message is refused; false puts it into Junk.</summary>
    public bool Reject { get; init; } = true;

    public ClamdSettings() => Outbound = true;
}

/// <summary>A milter, protocol version 6 or older.</summary>
public sealed record MilterSettings : CheckerSettings
{
    /// <summary>For the log and for reasons: letters, digits, hyphens.</summary>
    public string Name { get; init; } = "milter";

    /// <summary>"unix:/run/opendkim/opendkim.sock" or "127.0.0.1:8891".</summary>
    public string Address { get; init; } = "";
}
