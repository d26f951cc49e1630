using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Facteur.Net;

/// <summary>
/// TLS between a session and its transport. The session's input is a pipe that a loop fills, rather than a reader over the
/// SslStream, so that waking a session (IDLE) cancels a read of that pipe and never one inside TLS.
/// </summary>
internal sealed class TlsPipes : IDuplexPipe
{
    private static readonly PipeOptions InputOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false);

    private readonly DuplexPipeStream transport;
    private readonly SslStream stream;
    private readonly Pipe received = new(InputOptions);
    private readonly Task receiving;

    private TlsPipes(DuplexPipeStream transport, SslStream stream, TlsPeer peer)
    {
        Peer = peer;
        this.transport = transport;
        this.stream = stream;
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: 4096, leaveOpen: true));
        receiving = ReceiveAsync();
    }

    public TlsPeer Peer { get; }
    public PipeReader Input => received.Reader;
    public PipeWriter Output { get; }
    public SslProtocols Protocol => stream.SslProtocol;
    public string CipherSuite => stream.NegotiatedCipherSuite.ToString();

    /// <summary>The server's side of the handshake.</summary>
    /// <exception cref="AuthenticationException">The client's TLS is not ours.</exception>
    /// <exception cref="IOException">The client went away.</exception>
    public static async Task<TlsPipes> AcceptAsync(IDuplexPipe transport, TlsPeer peer, CancellationToken cancel)
    {
        var inner = new DuplexPipeStream(transport.Input, transport.Output);
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsServerAsync(static (_, hello, state, _) => new(((TlsPeer)state!).Options(hello.ServerName)), peer, cancel);
            return new TlsPipes(inner, stream, peer);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says close_notify: without it POP3 and IMAP clients report an error after QUIT and LOGOUT (RFC 8314 §3.4, CLIENTS.md 27).</summary>
    public async Task CloseAsync()
    {
        try
        {
            await Output.CompleteAsync();
            await stream.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client is gone already; there is nobody to say it to.
        }
    }

    /// <summary>Ends the receiving loop. Any thread.</summary>
    public void StopReading() => transport.StopReading();

    /// <summary>Waits for the receiving loop and frees the TLS state; the transport's pipes are not touched after it.</summary>
    public async Task DisposeAsync()
    {
        StopReading();
        await received.Reader.CompleteAsync();
        await receiving;
        await stream.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                _ = await stream.ReadAsync(Memory<byte>.Empty); // waits without a buffer
                var count = await stream.ReadAsync(received.Writer.GetMemory(4096));
                if (count == 0)
                    break;
                received.Writer.Advance(count);
                if ((await received.Writer.FlushAsync()).IsCompleted)
                    break;
            }
        }
        catch (Exception e)
        {
            error = e;
        }
        await received.Writer.CompleteAsync(error);
    }
}
