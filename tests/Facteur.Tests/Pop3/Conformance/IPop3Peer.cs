namespace Facteur.Tests.Pop3.Conformance;

/// <summary>A server that conversations are held with, and the account that is used.</summary>
internal interface IPop3Peer
{
    string User { get; }
    string Password { get; }

    /// <summary>A new connection; its greeting is not read yet.</summary>
    Task<IPop3Line> ConnectAsync();

    /// <summary>The maildrop holds just these messages, in this order.</summary>
    Task FillAsync(IReadOnlyList<byte[]> messages);

    /// <summary>A message comes in meanwhile.</summary>
    Task AppendAsync(byte[] message);

    /// <summary>Another program removes the n-th message of the inbox.</summary>
    Task ExpungeAsync(int number);
}

/// <summary>One connection to a server.</summary>
internal interface IPop3Line : IAsyncDisposable
{
    Task WriteAsync(byte[] octets);

    /// <summary>The next line without CRLF; null when the server closed in order (under TLS: with close_notify).</summary>
    Task<string?> ReadLineAsync();

    Task StartTlsAsync();

    Task CloseAsync();

    Task AbortAsync();
}
