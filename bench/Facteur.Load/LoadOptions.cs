namespace Facteur.Load;

/// <summary>How the client speaks TLS.</summary>
internal enum TlsMode { None, Implicit, StartTls }

/// <summary>What one run does; the same for every server.</summary>
internal sealed record LoadOptions
{
    public required string Host { get; init; }
    public required int Port { get; init; }
    public required TlsMode Tls { get; init; }

    /// <summary>Reads and writes wait in the thread of the connection. For one question at a time: what the client itself takes between an answer and the next question is then least.</summary>
    public bool Blocking { get; init; }
    public required string User { get; init; }
    public required string Password { get; init; }
    public required int Connections { get; init; }

    /// <summary>Stop after this long; null: after <see cref="Operations"/>.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Stop after so many operations in all; null: after <see cref="Duration"/>.</summary>
    public required long? Operations { get; init; }

    /// <summary>Octets of one message.</summary>
    public required int Size { get; init; }
    public required string Mailbox { get; init; }

    /// <summary>FETCH items or SEARCH keys.</summary>
    public required string Arguments { get; init; }

    /// <summary>Envelope recipients of smtp-deliver, used in turn.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>IMAP port where smtp-deliver watches the first recipient's mailbox until all has arrived; null: do not wait.</summary>
    public required int? VisibleImapPort { get; init; }

    /// <summary>A server process whose memory imap-idle-hold reports.</summary>
    public required int? Pid { get; init; }

    /// <summary>Port on which smtp-relay plays the other hosts, at 127.0.1.1 and above.</summary>
    public required int SinkPort { get; init; }

    /// <summary>Header fields that smtp-deliver puts before each message.</summary>
    public byte[] Signature { get; init; } = [];

    /// <summary>How many hosts: d1.load.test goes to 127.0.1.1, and so on.</summary>
    public required int Destinations { get; init; }

    /// <summary>Port on which smtp-relay answers for load.test as a name server; null: the server knows the way by other means.</summary>
    public required int? DnsPort { get; init; }
}
