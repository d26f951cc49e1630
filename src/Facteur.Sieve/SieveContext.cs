namespace Facteur.Sieve;

/// <summary>Circumstances of a run: all a script can ask about besides the message and the account.</summary>
public sealed record SieveContext
{
    /// <summary>Reverse-path without brackets, "" for the empty one; null when unknown.</summary>
    public string? EnvelopeFrom { get; init; }

    /// <summary>The one recipient this run is for; null when unknown.</summary>
    public string? EnvelopeTo { get; init; }

    /// <summary>The instant of all "currentdate" tests of the run (RFC 5260 §5).</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Where dates are read without a zone named (RFC 5260 §4.1).</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>What parts user and detail of a local part (RFC 5233 §4).</summary>
    public string DetailSeparator { get; init; } = "+";

    /// <summary>How likely the message is unwanted, 0 to 100; null when nobody looked (RFC 5235 §3.2).</summary>
    public double? SpamPercent { get; init; }

    /// <summary>1 to 5 (RFC 5235 §3.3); null when nobody looked.</summary>
    public int? VirusValue { get; init; }

    /// <summary>Items of "environment" by their lower-case names (RFC 5183 §4.1); "imap." items come from <see cref="ImapEvent"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Flags the message has before the script runs; empty at delivery.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>What happened in a mailbox; null at delivery (RFC 6785).</summary>
    public SieveImapEvent? ImapEvent { get; init; }
}

/// <summary>An event in a mailbox that a script runs for (RFC 6785 §4).</summary>
/// <param name="Cause">"APPEND", "COPY" or "FLAG".</param>
/// <param name="Mailbox">Where the message is, or goes.</param>
/// <param name="ChangedFlags">Names of the flags that changed; empty for other causes.</param>
/// <param name="User">Login of who did it.</param>
/// <param name="Email">Primary address of who did it.</param>
public sealed record SieveImapEvent(string Cause, string Mailbox, IReadOnlyList<string> ChangedFlags, string User, string Email);
