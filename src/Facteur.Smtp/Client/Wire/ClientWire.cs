using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace Facteur.Smtp.Client.Wire;

/// <summary>
/// Lines out, replies in, over any duplex stream. Invariants: a reply belongs to the oldest command without one, counted and never
/// guessed (RFC 2920 §3.1); while something long is written, replies are read, so that neither side waits for the other for ever;
/// nothing that was received in clear is there after TLS is on.
/// </summary>
internal sealed class ClientWire(Stream stream, TimeProvider time, ISmtpClientObserver? observer) : IAsyncDisposable
{
    private const int InputOctets = 4 * 1024;

    private readonly byte[] input = new byte[InputOctets];
    private readonly ReplyParser parser = new();
    private readonly Queue<ClientReply> replies = new();
    private readonly ArrayBufferWriter<byte> output = new(512);
    private Stream stream = stream;
    private Task<int>? reading;
    private int owed = 1; // the greeting

    public StepDeadline Deadline { get; } = new(time);

    /// <summary>A reply that nothing was asked for: 421 when the peer is about to close, or a refusal in the middle of the content.</summary>
    public ClientReply? Unasked { get; private set; }

    /// <summary>The last 421 or 521: it explains why the connection ended.</summary>
    public ClientReply? Closing { get; private set; }

    /// <summary>Replies that have not been read yet.</summary>
    public int Owed => owed + replies.Count;

    /// <summary>Puts a command line into the output and expects one reply.</summary>
    /// <param name="shown">What observers see instead, when the line holds a secret.</param>
    public void Command(SmtpStage stage, string line, string? shown = null)
    {
        // Whatever a line was made of, it is one line: the callers check their parts, this is the lock behind them.
        if (line.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw new InvalidOperationException("a command holds a line break");
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(line.Length) + 2);
        var length = Encoding.UTF8.GetBytes(line, span);
        "\r\n"u8.CopyTo(span[length..]);
        output.Advance(length + 2);
        owed++;
        observer?.Sent(stage, shown ?? line);
    }

    /// <summary>So many more replies are expected (end of DATA; LMTP gives one for each recipient).</summary>
    public void Expect(int count) => owed += count;

    /// <summary>Sends the lines.</summary>
    public async ValueTask FlushAsync(TimeSpan timeout)
    {
        if (output.WrittenCount == 0) return;
        await SendAsync(output.WrittenMemory, timeout);
        output.ResetWrittenCount();
    }

    /// <summary>Sends octets, and reads replies for as long as the peer does not take them.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> octets, TimeSpan timeout)
    {
        Deadline.Set(timeout);
        try
        {
            var write = stream.WriteAsync(octets, Deadline.Token);
            if (write.IsCompleted) await write;
            else await SendReadingAsync(write.AsTask());
            await stream.FlushAsync(Deadline.Token);
        }
        catch (Exception e) when (Translate(e, "the peer does not read") is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>The reply to the oldest command without one.</summary>
    public async ValueTask<ClientReply> ReadReplyAsync(SmtpStage stage, TimeSpan timeout)
    {
        if (replies.Count == 0)
        {
            Deadline.Set(timeout);
            while (replies.Count == 0) await ReceiveAsync();
        }
        var reply = replies.Dequeue();
        if (observer is not null)
            foreach (var line in reply.Lines.Count == 0 ? [""] : reply.Lines)
                observer.Received(stage, $"{reply.Code} {(reply.EnhancedCode is null ? "" : reply.EnhancedCode + " ")}{line}");
        return reply;
    }

    /// <summary>The handshake. Anything that came in clear before it ends the session: it was not said by whom TLS will vouch for.</summary>
    /// <param name="fromStart">TLS before the greeting.</param>
    public async ValueTask<SslStream> StartTlsAsync(SslClientAuthenticationOptions options, bool fromStart, TimeSpan timeout)
    {
        if (!fromStart && (reading is not null || owed > 0 || replies.Count > 0 || Unasked is not null || !parser.IsAtStart))
            throw new WireException(WireFault.Injected, "there was more behind the answer to STARTTLS");
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = tls;
        Deadline.Set(timeout);
        try
        {
            await tls.AuthenticateAsClientAsync(options, Deadline.Token);
        }
        catch (AuthenticationException)
        {
            throw;
        }
        catch (Exception e) when (Translate(e, "the TLS handshake got no answer") is { } fault)
        {
            throw fault;
        }
        return tls;
    }

    public async ValueTask DisposeAsync()
    {
        Deadline.Dispose();
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The peer is gone; there is nobody to close for.
        }
        if (reading is not null) _ = reading.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default); // it ends with the stream
    }

    private async Task SendReadingAsync(Task write)
    {
        while (!write.IsCompleted)
        {
            reading ??= stream.ReadAsync(input, Deadline.Token).AsTask();
            await Task.WhenAny(write, reading);
            if (reading.IsCompleted && !write.IsCompleted) await ReceiveAsync();
        }
        await write;
    }

    private async ValueTask ReceiveAsync()
    {
        int count;
        try
        {
            var task = reading;
            reading = null;
            count = task is null ? await stream.ReadAsync(input, Deadline.Token) : await task;
        }
        catch (Exception e) when (Translate(e, "no answer in time") is { } fault)
        {
            throw fault;
        }
        if (count == 0) throw Lost(null);
        Take(input.AsSpan(0, count));
    }

    private void Take(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            switch (parser.TryRead(ref octets, out var reply))
            {
                case ReplyStatus.Complete:
                    Sort(reply!);
                    break;
                case ReplyStatus.Malformed:
                    throw new WireException(WireFault.Nonsense, "the answer is no SMTP reply");
                case ReplyStatus.TooLong:
                    throw new WireException(WireFault.Nonsense, "the answer has no end");
            }
        }
    }

    private void Sort(ClientReply reply)
    {
        if (reply.IsClosing) Closing = reply;
        if (owed > 0)
        {
            owed--;
            replies.Enqueue(reply);
            return;
        }
        if (Unasked is not null) throw new WireException(WireFault.Nonsense, "the peer answers what nobody asked");
        Unasked = reply;
    }

    private static WireException Lost(Exception? cause) => new(WireFault.Lost, "the connection was lost", cause);

    private WireException? Translate(Exception e, string late) => e switch
    {
        WireException => null,
        OperationCanceledException when Deadline.HasFired => new WireException(WireFault.TimedOut, late, e),
        OperationCanceledException => null,
        IOException or ObjectDisposedException or InvalidOperationException => Lost(e),
        _ => null,
    };
}
