using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;

namespace Facteur.Net;

/// <summary>What a read brought.</summary>
public enum ReadOutcome
{
    /// <summary>There are octets in <see cref="MailConnection.Buffer"/> that were not examined yet.</summary>
    Data,
    /// <summary>The client closed; <see cref="MailConnection.Buffer"/> holds what was left.</summary>
    Closed,
    /// <summary>Nothing came in the time given.</summary>
    TimedOut,
    /// <summary>The octets or the time before login are used up.</summary>
    OverBudget,
    /// <summary><see cref="MailConnection.Wake"/> was called.</summary>
    Woken,
    /// <summary><see cref="MailConnection.End"/> was called (drain, account change); <see cref="MailConnection.Ending"/> says why.</summary>
    Ended,
}

/// <summary>
/// One client connection as a protocol session sees it: pipes, limits and TLS; no socket. Used by one session at a time;
/// only <see cref="Wake"/> and <see cref="End"/> may be called from other threads.
/// </summary>
public sealed class MailConnection : IAsyncDisposable
{
    /// <summary>Short random id that log lines of this connection share.</summary>
    public string Id => throw new NotSupportedException();

    /// <summary>Name of the listener ("imaps", "submission" ...).</summary>
    public string Listener => throw new NotSupportedException();

    /// <summary>The client's address, after PROXY when the peer may speak it.</summary>
    public IPEndPoint Remote => throw new NotSupportedException();
    public IPEndPoint Local => throw new NotSupportedException();
    public TimeProvider Time => throw new NotSupportedException();
    public bool IsEncrypted => throw new NotSupportedException();

    /// <summary>A certificate is configured and the connection is still in clear.</summary>
    public bool CanStartTls => throw new NotSupportedException();
    public SslProtocols TlsProtocol => throw new NotSupportedException();

    /// <summary>Cipher suite by its IANA name, for the Received header; null in clear.</summary>
    public string? CipherSuite => throw new NotSupportedException();

    /// <summary>Fires when the connection is aborted; long work for this client should stop.</summary>
    public CancellationToken Aborted => throw new NotSupportedException();

    /// <summary>Why the connection is to end, once <see cref="End"/> was called.</summary>
    public EndReason? Ending => throw new NotSupportedException();

    /// <summary>Octets received and not yet consumed, as of the last <see cref="ReadAsync"/> or <see cref="Advance"/>.</summary>
    public ReadOnlySequence<byte> Buffer => throw new NotSupportedException();

    /// <summary>Where answers are written; nothing leaves before <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => throw new NotSupportedException();

    /// <summary>Waits for octets beyond what was examined, for at most <paramref name="timeout"/>.</summary>
    public ValueTask<ReadOutcome> ReadAsync(TimeSpan timeout) => throw new NotSupportedException();

    /// <summary>Gives back what was consumed and tells how far the rest was looked at (as PipeReader.AdvanceTo).</summary>
    public void Advance(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException();

    /// <summary>Ends a pending or the next <see cref="ReadAsync"/> with <see cref="ReadOutcome.Woken"/>; calls before it is seen count once. Any thread.</summary>
    public void Wake() => throw new NotSupportedException();

    /// <summary>Asks the session to say goodbye and end: its next or pending read answers <see cref="ReadOutcome.Ended"/>. Any thread.</summary>
    public void End(EndReason reason) => throw new NotSupportedException();

    /// <summary>Sends what was written; false when the client is gone or does not read (deadline).</summary>
    public ValueTask<bool> FlushAsync() => throw new NotSupportedException();

    /// <summary>Unauthenticated limits no longer apply.</summary>
    public void SetAuthenticated() => throw new NotSupportedException();

    /// <summary>
    /// The TLS handshake after a STARTTLS answer was written (it is flushed here). The caller has consumed the command;
    /// any octet still in <see cref="Buffer"/> or already received in clear refuses the upgrade.
    /// </summary>
    /// <returns>Null when TLS is up, else the reason to end the connection with at once.</returns>
    public ValueTask<EndReason?> StartTlsAsync(CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

/// <summary>A protocol: runs a session on each connection a listener accepts.</summary>
public interface IConnectionHandler
{
    /// <summary>"imap", "pop3", "smtp", "lmtp": for logs and metrics.</summary>
    string Protocol { get; }

    /// <summary>Runs one session to its end and answers why it ended. Exceptions are our fault.</summary>
    Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel);
}
