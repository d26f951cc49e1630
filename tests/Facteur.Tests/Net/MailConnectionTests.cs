using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Facteur.Net;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net;

/// <summary>A toy protocol of lines over <see cref="MailConnection"/>: what a session sees of time, budget, wakes and TLS.</summary>
public class MailConnectionTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    [Fact]
    public Task Lines_in_one_write_are_answered_one_by_one() => Run("""
        S: ready
        C\: one\r\ntwo\r\n
        S: got one
        S: got two
        C: quit
        S: bye
        S: <closed>
        """);

    [Fact]
    public Task Lines_are_answered_when_they_come_octet_by_octet() => Transcript.RunAsync(EchoAsync, """
        S: ready
        C: login
        S: got login
        C: two
        S: got two
        """, new TranscriptOptions { OctetByOctet = true });

    [Fact]
    public Task A_silent_client_is_told_of_the_timeout() => Run("""
        S: ready
        C: login
        S: got login
        T: 29m
        C: still here
        S: got still here
        T: 29m
        C: and here
        S: got and here
        T: 30m
        S: TimedOut
        S: <closed>
        """);

    [Fact]
    public Task Half_a_minute_is_all_there_is_before_login() => Run("""
        S: ready
        T: 20s
        C: slowly
        S: got slowly
        T: 10s
        S: OverBudget
        S: <closed>
        """);

    [Fact]
    public Task Octets_before_login_are_counted() => Run($"""
        S: ready
        C: {new string('a', 40_000)}
        S: got a*
        C: {new string('a', 30_000)}
        S: OverBudget
        S: <closed>
        """);

    [Fact]
    public Task Octets_after_login_are_not_counted() => Run($"""
        S: ready
        C: login
        S: got login
        C: {new string('a', 40_000)}
        S: got a*
        C: {new string('b', 40_000)}
        S: got b*
        """);

    [Fact]
    public async Task A_wake_interrupts_the_read_and_leaves_half_a_line_alone()
    {
        MailConnection? server = null;
        await Transcript.RunAsync(EchoAsync, """
            S: ready
            C\: half
            T: 1s
            !: wake
            S: Woken
            C:  and half
            S: got half and half
            """, new TranscriptOptions
        {
            Connected = (_, connection) => server = connection,
            Actions = new Dictionary<string, Func<Task>> { ["wake"] = () => Do(server!.Wake) },
        });
    }

    [Fact]
    public async Task Wakes_before_the_read_count_once()
    {
        var (server, client) = MemoryConnection.Create();
        server.Wake();
        server.Wake();
        await client.WriteAsync("x", TestContext.Current.CancellationToken);
        Assert.Equal(ReadOutcome.Woken, await server.ReadAsync(Idle));
        Assert.Equal(ReadOutcome.Data, await server.ReadAsync(Idle));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task An_ending_is_told_once_so_that_a_transaction_can_be_finished()
    {
        var (server, client) = MemoryConnection.Create();
        server.End(EndReason.Draining);
        server.End(EndReason.AccountChanged);
        await client.WriteAsync("x", TestContext.Current.CancellationToken);
        Assert.Equal(ReadOutcome.Ended, await server.ReadAsync(Idle));
        Assert.Equal(ReadOutcome.Data, await server.ReadAsync(Idle));
        Assert.Equal(EndReason.Draining, server.Ending);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_a_slow_reader()
    {
        var time = new FakeTime();
        var (server, _) = MemoryConnection.Create(new MailConnectionOptions { Time = time });
        server.Output.Write(new byte[100_000]);
        var flush = server.FlushAsync();
        Assert.False(flush.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await flush);
        Assert.Equal(EndReason.SlowReader, server.Lost);
        Assert.True(server.Aborted.IsCancellationRequested);
        Assert.Equal(ReadOutcome.Closed, await server.ReadAsync(Idle));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_goes_away_is_an_end_and_no_error()
    {
        var (server, client) = MemoryConnection.Create();
        var read = server.ReadAsync(Idle);
        await client.AbortAsync();
        Assert.Equal(ReadOutcome.Closed, await read);
        server.Output.Write("x"u8);
        Assert.False(await server.FlushAsync());
        Assert.Equal(EndReason.ClientClosed, server.Lost);
        await server.DisposeAsync();
    }

    [Fact]
    public Task Starttls_goes_on_encrypted() => Run("""
        S: ready
        C: starttls
        S: go ahead
        C: <starttls>
        C: hello
        S: got hello
        C: quit
        S: bye
        S: <closed>
        """);

    [Theory]
    [InlineData("""C\: starttls\r\nlogin\r\n""")]
    [InlineData("""C\: starttls\r\n\x16\x03\x01""")]
    public Task Octets_in_clear_after_starttls_refuse_the_connection(string line) => Run($"""
        S: ready
        {line}
        S: <closed>
        """);

    [Fact]
    public Task A_handshake_that_never_comes_ends() => Run("""
        S: ready
        C: starttls
        S: go ahead
        C: login
        S: <closed>
        """);

    [Fact]
    public Task A_wake_under_tls_leaves_the_stream_whole()
    {
        MailConnection? server = null;
        return Transcript.RunAsync(EchoAsync, """
            S: ready
            C: login
            S: got login
            T: 1s
            !: wake
            S: Woken
            C\: ha
            T: 1s
            !: wake
            S: Woken
            C: lf
            S: got half
            T: 30m
            S: TimedOut
            S: <closed>
            """, new TranscriptOptions
        {
            ImplicitTls = true,
            Connected = (_, connection) => server = connection,
            Actions = new Dictionary<string, Func<Task>> { ["wake"] = () => Do(server!.Wake) },
        });
    }

    public static TheoryData<string> Interruptions => [nameof(MailConnection.Wake), nameof(MailConnection.End), nameof(MailConnection.Abort)];

    /// <summary>The pipes of a listener go on in the thread that ends a wait.</summary>
    [Theory]
    [MemberData(nameof(Interruptions))]
    public async Task A_session_does_not_run_in_the_thread_that_interrupts_it(string how)
    {
        var inline = new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
        var (toServer, toClient) = (new Pipe(inline), new Pipe(inline));
        var server = MailConnection.ForPipes(new Ends(toServer.Reader, toClient.Writer), new MailConnectionOptions(), interruptions: PipeScheduler.ThreadPool);
        using var held = new ManualResetEventSlim();
        var session = WaitAsync();
        Assert.True(server.IsWaiting);
        if (how == nameof(MailConnection.Wake)) server.Wake();
        else if (how == nameof(MailConnection.End)) server.End(EndReason.AccountChanged);
        else server.Abort();
        held.Set(); // what the session waits for, as for a lock of who interrupts it
        Assert.True(await session.WaitAsync(TestContext.Current.CancellationToken));

        async Task<bool> WaitAsync()
        {
            await server.ReadAsync(Idle);
            return held.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private static Task Run(string script) => Transcript.RunAsync(EchoAsync, script);

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(MailConnection connection)
    {
        var goOn = await SayAsync(connection, "ready");
        while (goOn)
        {
            var outcome = await connection.ReadAsync(Idle);
            if (outcome == ReadOutcome.Closed)
                return;
            goOn = outcome == ReadOutcome.Data
                ? await AnswerLinesAsync(connection)
                : await SayAsync(connection, outcome.ToString()) && outcome == ReadOutcome.Woken;
        }
    }

    private static async Task<bool> AnswerLinesAsync(MailConnection connection)
    {
        while (TakeLine(connection) is { } line)
        {
            switch (line)
            {
                case "quit":
                    await SayAsync(connection, "bye");
                    return false;
                case "starttls":
                    connection.Output.Write("go ahead\r\n"u8);
                    if (await connection.StartTlsAsync(connection.Aborted) is null)
                        continue;
                    return false;
                case "login":
                    connection.SetAuthenticated();
                    break;
            }
            if (!await SayAsync(connection, "got " + line))
                return false;
        }
        return true;
    }

    private static string? TakeLine(MailConnection connection)
    {
        var reader = new SequenceReader<byte>(connection.Buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            connection.Advance(connection.Buffer.Start, connection.Buffer.End);
            return null;
        }
        var text = Encoding.UTF8.GetString(line);
        connection.Advance(reader.Position, reader.Position);
        return text;
    }

    private static async Task<bool> SayAsync(MailConnection connection, string line)
    {
        connection.Output.Write(Encoding.UTF8.GetBytes(line + "\r\n"));
        return await connection.FlushAsync();
    }
}
