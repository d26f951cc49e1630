using System.Diagnostics;
using System.Text;
using Facteur.Net;

namespace Facteur.Tests.Support;

/// <summary>How a transcript is run.</summary>
internal sealed record TranscriptOptions
{
    /// <summary>Listener, limits, clock, certificates of the server's side. A <see cref="FakeTime"/> makes T: lines work.</summary>
    public MailConnectionOptions Connection { get; init; } = new() { Time = new FakeTime(), Certificates = TestCertificate.Store };

    /// <summary>TLS from the first octet.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>The server gets the client's octets one at a time, each examined before the next is sent.</summary>
    public bool OctetByOctet { get; init; }

    /// <summary>What the server says after the last line is no failure.</summary>
    public bool IgnoreRest { get; init; }

    /// <summary>What "!: name" lines do: deliver a message, disable an account, end a connection (get it from <see cref="Connected"/>).</summary>
    public IReadOnlyDictionary<string, Func<Task>> Actions { get; init; } = new Dictionary<string, Func<Task>>();

    /// <summary>Told of each server connection with its client's number, before its session starts.</summary>
    public Action<int, MailConnection>? Connected { get; init; }
}

/// <summary>
/// Runs a conversation between a session and clients over pipes in memory. A script is lines of:
/// <code>
/// C: text       the client sends the text and CRLF ("C:" alone: an empty line)
/// C\: text      the client sends exactly these octets: \r \n \t \0 \\ \xHH; no CRLF is added
/// C: &lt;starttls&gt;  the client does its TLS handshake
/// C: &lt;close&gt;     the client closes its sending side; C: &lt;abort&gt; it goes away
/// S: text       the server's next line; * stands for any run of characters, but "* " at the start and "\*" are themselves
/// S~: regex     the server's next line matches the whole pattern
/// S\: text      the server's next octets, exactly
/// S: &lt;closed&gt;    the server has closed and said nothing more
/// T: 31m        when every session waits for its client, the clock moves on (30s, 29m, 1h, 2d)
/// !: name       runs an action of the options
/// # text        a remark
/// </code>
/// C2:, S2: and so on are further clients; each connects at its first line. At the end all clients close; sessions must end,
/// and say nothing more. Ten seconds of real time is only the net under a test that failed.
/// </summary>
internal sealed class Transcript
{
    private static readonly TimeSpan Net = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(10);

    private readonly Func<MailConnection, Task> session;
    private readonly TranscriptOptions options;
    private readonly CancellationToken cancel;
    private readonly SortedDictionary<int, Conversation> conversations = [];
    private readonly StringBuilder said = new();

    private Transcript(Func<MailConnection, Task> session, TranscriptOptions options, CancellationToken cancel)
    {
        this.session = session;
        this.options = options;
        this.cancel = cancel;
    }

    /// <summary>Runs a script against a protocol's handler.</summary>
    public static Task RunAsync(IConnectionHandler handler, string script, TranscriptOptions? options = null) =>
        RunAsync(connection => handler.RunAsync(connection, connection.Aborted), script, options);

    /// <summary>Runs a script; <paramref name="session"/> serves one connection to its end (it is disposed here).</summary>
    public static async Task RunAsync(Func<MailConnection, Task> session, string script, TranscriptOptions? options = null)
    {
        var lines = TranscriptScript.Parse(script);
        using var net = new CancellationTokenSource(Net);
        var transcript = new Transcript(session, options ?? new TranscriptOptions(), net.Token);
        try
        {
            foreach (var line in lines)
                await transcript.StepAsync(line);
            foreach (var (client, conversation) in transcript.conversations)
                await transcript.FinishAsync(client, conversation);
        }
        catch (OperationCanceledException) when (net.IsCancellationRequested)
        {
            transcript.Fail($"nothing happened for {Net.TotalSeconds:0} s");
        }
        finally
        {
            foreach (var conversation in transcript.conversations.Values)
                conversation.Server.Abort();
        }
    }

    private async Task StepAsync(TranscriptLine line)
    {
        said.Append(line.Verb).Append(' ').Append(line.Client).Append(": ").AppendLine(line.Text);
        switch (line.Verb)
        {
            case TranscriptVerb.Time:
                foreach (var conversation in conversations.Values)
                    await conversation.QuietAsync(cancel);
                ((FakeTime)options.Connection.Time).Advance(line.Span);
                break;
            case TranscriptVerb.Action:
                await options.Actions[line.Text]().WaitAsync(cancel);
                break;
            case TranscriptVerb.Client or TranscriptVerb.ClientRaw:
                await SendAsync(await ConversationAsync(line.Client), line);
                break;
            default:
                await ExpectAsync(await ConversationAsync(line.Client), line);
                break;
        }
    }

    private async Task SendAsync(Conversation conversation, TranscriptLine line)
    {
        var client = conversation.Client;
        switch (line.Verb == TranscriptVerb.Client ? line.Text : "")
        {
            case "<starttls>":
                await client.StartTlsAsync(cancel);
                return;
            case "<close>":
                await client.CloseAsync();
                return;
            case "<abort>":
                await client.AbortAsync();
                return;
        }
        if (!options.OctetByOctet)
        {
            await client.WriteAsync(line.Octets, cancel);
            return;
        }
        foreach (var octet in line.Octets)
        {
            await conversation.QuietAsync(cancel);
            await client.WriteAsync(new[] { octet }, cancel);
        }
    }

    private async Task ExpectAsync(Conversation conversation, TranscriptLine line)
    {
        if (line.Verb == TranscriptVerb.ServerRaw)
        {
            var octets = await conversation.Client.ReadOctetsAsync(line.Octets.Length, cancel);
            if (!octets.AsSpan().SequenceEqual(line.Octets))
                Fail($"the server said: {Encoding.UTF8.GetString(octets).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}");
            return;
        }
        var received = await conversation.Client.ReadLineAsync(cancel);
        if (line.Text == "<closed>" && received is null)
            return;
        if (received is null && conversation.Session.IsFaulted)
            await conversation.Session;
        if (received is null)
            Fail("the server has closed");
        else if (line.Text == "<closed>" || !line.Matches(received))
            Fail("the server said: " + received);
    }

    private async Task FinishAsync(int number, Conversation conversation)
    {
        await conversation.Client.CloseAsync();
        said.Append("(client ").Append(number).AppendLine(" closes)");
        try
        {
            while (await conversation.Client.ReadLineAsync(cancel) is { } line)
                if (!options.IgnoreRest)
                    Fail("the server also said: " + line);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The client is one that went away.
        }
        await conversation.Session.WaitAsync(cancel);
    }

    private async Task<Conversation> ConversationAsync(int number)
    {
        if (conversations.TryGetValue(number, out var known))
            return known;
        var (server, client) = MemoryConnection.Create(options.Connection);
        options.Connected?.Invoke(number, server);
        var conversation = new Conversation(server, client, Task.Run(() => ServeAsync(server), CancellationToken.None));
        conversations.Add(number, conversation);
        if (options.ImplicitTls)
            await client.StartTlsAsync(cancel);
        return conversation;
    }

    private async Task ServeAsync(MailConnection connection)
    {
        await using (connection)
        {
            if (options.ImplicitTls && await connection.HandshakeAsync(cancel) is { } failure)
                throw new InvalidOperationException($"the handshake ended with {failure}");
            await session(connection);
        }
    }

    private void Fail(string why) => Assert.Fail($"{why}{Environment.NewLine}after{Environment.NewLine}{said}");

    private sealed record Conversation(MailConnection Server, MemoryClient Client, Task Session)
    {
        /// <summary>Waits until the session has looked at all the client sent and waits for more, or has ended.</summary>
        public async Task QuietAsync(CancellationToken cancel)
        {
            while (!Session.IsCompleted && !(Server.IsWaiting && Server.OctetsReceived == Client.OctetsSent))
            {
                cancel.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
