using System.Globalization;

namespace Facteur.Smtp.Client;

/// <summary>What a peer said it can do, in its answer to the last EHLO (RFC 5321 §4.1.1.1).</summary>
public sealed record PeerCapabilities
{
    /// <summary>Of a peer that knows HELO only.</summary>
    public static readonly PeerCapabilities None = new();

    public bool StartTls { get; private init; }
    public bool Pipelining { get; private init; }
    public bool EightBitMime { get; private init; }
    public bool SmtpUtf8 { get; private init; }
    public bool Chunking { get; private init; }
    public bool Dsn { get; private init; }
    public bool RequireTls { get; private init; }

    /// <summary>SIZE is offered.</summary>
    public bool Size { get; private init; }

    /// <summary>Longest message in octets; 0: not said (RFC 1870 §4).</summary>
    public long MaxSize { get; private init; }

    /// <summary>Mechanisms of AUTH in upper case.</summary>
    public IReadOnlyList<string> Mechanisms { get; private init; } = [];

    /// <summary>MAILMAX: transactions of one session (RFC 9422), or null.</summary>
    public int? MaxTransactions { get; private init; }

    /// <summary>RCPTMAX: recipients of one transaction (RFC 9422), or null.</summary>
    public int? MaxRecipients { get; private init; }

    /// <summary>Reads the lines behind the first, which names the host.</summary>
    internal static PeerCapabilities Read(IReadOnlyList<string> lines)
    {
        var found = None;
        foreach (var line in lines.Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0) found = found.With(words);
        }
        return found;
    }

    private PeerCapabilities With(string[] words) => words[0].ToUpperInvariant() switch
    {
        "STARTTLS" => this with { StartTls = true },
        "PIPELINING" => this with { Pipelining = true },
        "8BITMIME" => this with { EightBitMime = true },
        "SMTPUTF8" => this with { SmtpUtf8 = true },
        "CHUNKING" => this with { Chunking = true },
        "DSN" => this with { Dsn = true },
        "REQUIRETLS" => this with { RequireTls = true },
        "SIZE" => this with { Size = true, MaxSize = words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0 },
        "AUTH" => this with { Mechanisms = [.. Mechanisms, .. words.Skip(1).Select(word => word.ToUpperInvariant())] },
        "LIMITS" => WithLimits(words),
        // "AUTH=LOGIN": written by servers of the last century and, for their clients' sake, by some of this one.
        var word when word.StartsWith("AUTH=", StringComparison.Ordinal) => this with { Mechanisms = [.. Mechanisms, word[5..], .. words.Skip(1).Select(more => more.ToUpperInvariant())] },
        _ => this,
    };

    private PeerCapabilities WithLimits(string[] words)
    {
        var found = this;
        foreach (var word in words.Skip(1))
        {
            var equals = word.IndexOf('=');
            if (equals < 0 || !int.TryParse(word.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value == 0) continue;
            found = word[..equals].ToUpperInvariant() switch
            {
                "MAILMAX" => found with { MaxTransactions = value },
                "RCPTMAX" => found with { MaxRecipients = value },
                _ => found,
            };
        }
        return found;
    }
}
