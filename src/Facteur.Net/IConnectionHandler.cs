namespace Facteur.Net;

/// <summary>A protocol: runs a session on each connection a listener accepts.</summary>
public interface IConnectionHandler
{
    /// <summary>"imap", "pop3", "smtp", "lmtp": for logs and metrics.</summary>
    string Protocol { get; }

    /// <summary>What a client is told, with its CRLF, when there are too many connections; empty closes without a word.</summary>
    ReadOnlyMemory<byte> Refusal => default;

    /// <summary>What a client is told, with its CRLF, that is sent away under TLS before its first command is done; empty closes without a word.</summary>
    /// <param name="why">One line for a human, in ASCII.</param>
    ReadOnlyMemory<byte> RefusalFor(string why) => default;

    /// <summary>Runs one session to its end and answers why it ended. Exceptions are our fault.</summary>
    Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel);
}
