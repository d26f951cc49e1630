using System.Net;
using System.Security.Authentication;

namespace Facteur.Smtp.Client;

/// <summary>Where in its course an attempt to deliver was settled.</summary>
public enum SmtpStage : byte
{
    /// <summary>The mail exchangers or their addresses were looked for.</summary>
    Resolve,
    Connect,
    Greeting,
    Ehlo,
    /// <summary>STARTTLS, the handshake, or what the policy of the destination asks of them.</summary>
    Tls,
    Auth,
    Mail,
    Rcpt,
    /// <summary>DATA, or content on its way.</summary>
    Data,
    /// <summary>The answer to the end of the content: the only place where a message changes hands.</summary>
    ContentEnd,
    Rset,
    Quit,
}

/// <summary>What an attempt means for the queue.</summary>
public enum AttemptVerdict : byte
{
    /// <summary>The peer has answered for the message (RFC 5321 §4.2.5).</summary>
    Delivered,
    /// <summary>Try again later.</summary>
    TemporaryFailure,
    /// <summary>Return it to the sender.</summary>
    PermanentFailure,
}

/// <summary>How sure it is that the other end is the one meant.</summary>
public enum TlsVerification : byte
{
    /// <summary>Encrypted; nobody knows with whom.</summary>
    None,
    /// <summary>A trusted authority vouches for the host's name.</summary>
    Names,
    /// <summary>A TLSA record matches (RFC 7672 §3.1).</summary>
    Tlsa,
}

/// <summary>TLS of a session.</summary>
/// <param name="CipherSuite">Its IANA name.</param>
public sealed record TlsFacts(SslProtocols Protocol, string CipherSuite, TlsVerification Verification)
{
    /// <summary>"TLSv1.3" and so on.</summary>
    public string Version => Protocol switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        _ => Protocol.ToString(),
    };
}

/// <summary>The host that a session talks to.</summary>
/// <param name="Name">As the MX record or the route has it.</param>
public sealed record RemoteHost(string Name, IPEndPoint? Address);

/// <summary>What one attempt came to for one recipient: enough for the trace, the schedule and a report (RFC 3464 §2.3).</summary>
public sealed record AttemptOutcome
{
    /// <summary>Longest <see cref="Text"/>, in characters.</summary>
    public const int MaxText = 2_000;

    public required AttemptVerdict Verdict { get; init; }
    public required SmtpStage Stage { get; init; }

    /// <summary>The peer's reply code; 0 when the failure is our finding (no connection, no policy, no answer).</summary>
    public int ReplyCode { get; init; }

    /// <summary>Enhanced status code (RFC 3463): the peer's, or ours that fits; never empty.</summary>
    public required string EnhancedCode { get; init; }

    /// <summary>
    /// The peer's words, lines joined by a blank, printable ASCII only, at most <see cref="MaxText"/> characters, without codes; or ours.
    /// </summary>
    public required string Text { get; init; }

    public RemoteHost? Host { get; init; }
    public TlsFacts? Tls { get; init; }

    /// <summary>Time from the start of the transaction, or of the connection when it did not come to one.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The connection was lost between the end of the content and its answer: the peer may have the message, and gets it again.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>The peer took NOTIFY, RET and ENVID over: reports of success are its business now (RFC 3461 §5.2.1, else §5.2.2).</summary>
    public bool DsnPassedOn { get; init; }

    /// <summary>The words are the peer's.</summary>
    public bool IsRemote => ReplyCode != 0;

    /// <summary>Nothing was said of this recipient in particular: the next host of the destination may do better (RFC 5321 §5.1).</summary>
    public bool ConcernsHost => Verdict == AttemptVerdict.TemporaryFailure && !IsUncertain;

    /// <summary>"550 5.1.1 no such user", as the peer wrote it; for our own findings only the words.</summary>
    public override string ToString() => IsRemote ? $"{ReplyCode} {EnhancedCode} {Text}" : Text;
}
