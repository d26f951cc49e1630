using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;

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
/// only <see cref="Wake"/>, <see cref="End"/> and <see cref="Abort"/> may be called from other threads.
/// </summary>
public sealed partial class MailConnection : IAsyncDisposable
{
    private readonly IDuplexPipe transport;
    private readonly MailConnectionOptions options;
    private readonly Action? abortTransport;
    private readonly PipeScheduler interruptions;
    private readonly Deadline deadline;
    private readonly CancellationTokenSource aborted = new();
    private readonly long budgetEnd;
    private PipeReader input;
    private TlsPipes? tls;
    private ReadOnlySequence<byte> buffer;
    private string? id;
    private long consumedOctets;
    private long examinedOctets;     // of the octets not consumed
    private long readerExamined;     // of them, what the pipe holds for examined since before this read
    private bool reading;            // a read result is out: the pipe is owed an AdvanceTo
    private bool budgetLifted;
    private bool discardAnswers;
    private int wakes;
    private int ending = -1;
    private int endUnseen;
    private long flushEnd = Deadline.None;
    private volatile bool waiting;

    private MailConnection(IDuplexPipe transport, MailConnectionOptions options, IPEndPoint remote, IPEndPoint local, Action? abortTransport, PipeScheduler interruptions)
    {
        this.transport = transport;
        this.interruptions = interruptions;
        this.options = options;
        this.abortTransport = abortTransport;
        Remote = remote;
        Local = local;
        input = transport.Input;
        Output = transport.Output;
        deadline = new Deadline(options.Time, OnDeadline);
        budgetEnd = deadline.After(options.Limits.BudgetTime);
    }

    /// <summary>A connection over pipes: a transport's, or in memory.</summary>
    /// <param name="abort">Breaks the transport off so that pending reads and writes end; by default the pipes are completed when they are next used.</param>
    /// <param name="interruptions">
    /// Where a pending read that <see cref="Wake"/>, <see cref="End"/>, <see cref="Abort"/> or a deadline ends goes on. A pipe that goes on in its caller's thread needs one, or the session would run in the thread of who
    /// woke it; by default the pipe sees to it.
    /// </param>
    public static MailConnection ForPipes(
        IDuplexPipe transport, MailConnectionOptions options, IPEndPoint? remote = null, IPEndPoint? local = null, Action? abort = null, PipeScheduler? interruptions = null) =>
        new(transport, options, remote ?? new IPEndPoint(IPAddress.Loopback, 50000), local ?? new IPEndPoint(IPAddress.Loopback, 0), abort, interruptions ?? PipeScheduler.Inline);

    /// <summary>Short random id that log lines of this connection share.</summary>
    public string Id => id ??= RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 10);

    /// <summary>Name of the listener ("imaps", "submission" ...).</summary>
    public string Listener => options.Listener;

    /// <summary>The client's address, after PROXY when the peer may speak it.</summary>
    public IPEndPoint Remote { get; }
    public IPEndPoint Local { get; }
    public TimeProvider Time => options.Time;

    /// <summary>Fires when the connection is aborted; long work for this client should stop.</summary>
    public CancellationToken Aborted => aborted.Token;

    /// <summary>Why the connection is to end, once <see cref="End"/> was called.</summary>
    public EndReason? Ending => Volatile.Read(ref ending) is >= 0 and var reason ? (EndReason)reason : null;

    /// <summary>Why <see cref="FlushAsync"/> answered false: ClientClosed or SlowReader. Null while answers leave.</summary>
    public EndReason? Lost { get; private set; }

    /// <summary><see cref="SetAuthenticated"/> was called.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>Octets received so far, after decryption.</summary>
    public long OctetsReceived => Volatile.Read(ref octetsReceived);
    private long octetsReceived;

    /// <summary>A read waits for the client. Any thread; for tests that move a clock.</summary>
    public bool IsWaiting => waiting;

    /// <summary>Octets received and not yet consumed, as of the last <see cref="ReadAsync"/> or <see cref="Advance"/>.</summary>
    public ReadOnlySequence<byte> Buffer => buffer;

    /// <summary>Where answers are written; nothing leaves before <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>
    /// Waits for octets beyond what was examined, for at most <paramref name="timeout"/>. After Data or Closed call
    /// <see cref="Advance"/> (without it nothing is consumed and all is taken as examined); other outcomes take nothing from <see cref="Buffer"/>.
    /// </summary>
    public async ValueTask<ReadOutcome> ReadAsync(TimeSpan timeout)
    {
        var end = deadline.After(timeout);
        if (!budgetLifted)
            end = Math.Min(end, budgetEnd);
        while (true)
        {
            if (TakeSignal() is { } signal)
                return signal;
            if (aborted.IsCancellationRequested)
                return ReadOutcome.Closed;
            if (!budgetLifted && deadline.HasPassed(budgetEnd))
                return ReadOutcome.OverBudget;
            ReadResult result;
            GiveBack();
            try
            {
                result = await ReceiveAsync(end);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                buffer = default; // reset by the client, or aborted by us
                examinedOctets = 0;
                return ReadOutcome.Closed;
            }
            reading = true;
            readerExamined = examinedOctets;
            buffer = result.Buffer;
            Volatile.Write(ref octetsReceived, consumedOctets + buffer.Length);
            if (buffer.Length > examinedOctets && !result.IsCanceled)
            {
                examinedOctets = buffer.Length; // until Advance says otherwise
                return !budgetLifted && OctetsReceived > options.Limits.BudgetOctets ? ReadOutcome.OverBudget : ReadOutcome.Data;
            }
            if (result.IsCompleted && buffer.Length == examinedOctets)
                return ReadOutcome.Closed;
            if (TakeSignal() is { } woken)
                return woken;
            if (result.IsCanceled && deadline.HasPassed(end))
                return !budgetLifted && deadline.HasPassed(budgetEnd) ? ReadOutcome.OverBudget : ReadOutcome.TimedOut;
            // else a late cancellation of an earlier wait: go on
        }
    }

    /// <summary>
    /// Takes what was consumed off <see cref="Buffer"/> and tells how far the rest was looked at (as PipeReader.AdvanceTo). May be
    /// called several times per read; memory is given back at the next <see cref="ReadAsync"/>, until then spans of it stay valid.
    /// </summary>
    public void Advance(SequencePosition consumed, SequencePosition examined)
    {
        var taken = buffer.Slice(buffer.Start, consumed).Length;
        examinedOctets = buffer.Slice(consumed, examined).Length;
        readerExamined = Math.Max(0, readerExamined - taken);
        consumedOctets += taken;
        buffer = buffer.Slice(consumed);
    }

    /// <summary>Ends a pending or the next <see cref="ReadAsync"/> with <see cref="ReadOutcome.Woken"/>; calls before it is seen count once. Any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref wakes, 1) == 0)
            Interrupt();
    }

    /// <summary>
    /// Asks the session to say goodbye and end: its next or pending read answers <see cref="ReadOutcome.Ended"/>, once per
    /// connection, so that a session in the middle of a transaction can read on and look at <see cref="Ending"/> when it is through.
    /// The first reason stays. Any thread.
    /// </summary>
    public void End(EndReason reason)
    {
        if (Interlocked.CompareExchange(ref ending, (int)reason, -1) != -1)
            return;
        Interlocked.Exchange(ref endUnseen, 1);
        Interrupt();
    }

    /// <summary>Breaks the connection off: pending reads and flushes end, <see cref="Aborted"/> fires. Any thread.</summary>
    public void Abort()
    {
        try
        {
            aborted.Cancel();
            abortTransport?.Invoke();
            interruptions.Schedule(static state => ((MailConnection)state!).BreakOff(), this);
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Sends what was written; false when the client is gone or does not read (deadline), see <see cref="Lost"/>.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        if (Lost is not null)
            return false;
        try
        {
            var pending = Output.FlushAsync(CancellationToken.None);
            if (!pending.IsCompleted)
            {
                var end = deadline.After(options.Limits.FlushTime);
                Volatile.Write(ref flushEnd, end);
                deadline.Set(end);
            }
            var result = await pending;
            if (result is { IsCompleted: false, IsCanceled: false })
                return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Gone: an end reason, never an error.
        }
        finally
        {
            if (flushEnd != Deadline.None)
            {
                deadline.Clear();
                Volatile.Write(ref flushEnd, Deadline.None);
            }
        }
        Lost ??= EndReason.ClientClosed;
        return false;
    }

    /// <summary>Unauthenticated limits no longer apply.</summary>
    public void SetAuthenticated()
    {
        IsAuthenticated = true;
        LiftBudget();
    }

    /// <summary>The budget of octets and time no longer applies: a session that never logs in has accepted a recipient (25, LMTP).</summary>
    public void LiftBudget() => budgetLifted = true;

    public async ValueTask DisposeAsync()
    {
        deadline.Clear();
        using (var timer = new CancellationTokenSource(options.Limits.CloseTime, options.Time))
        await using (timer.Token.UnsafeRegister(static state => ((MailConnection)state!).Abort(), this))
        {
            GiveBack();
            if (tls is not null)
            {
                await tls.CloseAsync();
                await tls.DisposeAsync();
            }
            await transport.Output.CompleteAsync(discardAnswers ? new IOException("refused") : null);
            await transport.Input.CompleteAsync();
        }
        deadline.Dispose();
        aborted.Dispose();
    }

    private ReadOutcome? TakeSignal()
    {
        if (Volatile.Read(ref endUnseen) != 0 && Interlocked.Exchange(ref endUnseen, 0) != 0)
            return ReadOutcome.Ended;
        if (Volatile.Read(ref wakes) != 0 && Interlocked.Exchange(ref wakes, 0) != 0)
            return ReadOutcome.Woken;
        return null;
    }

    private async ValueTask<ReadResult> ReceiveAsync(long end)
    {
        var pending = input.ReadAsync(CancellationToken.None);
        if (pending.IsCompleted)
            return await pending;
        deadline.Set(end);
        waiting = true;
        try
        {
            return await pending;
        }
        finally
        {
            waiting = false;
            deadline.Clear();
        }
    }

    /// <summary>Gives the pipe back what was consumed since the last read.</summary>
    private void GiveBack()
    {
        if (!reading)
            return;
        reading = false;
        // A pipe does not let one have looked at less than before.
        examinedOctets = Math.Max(examinedOctets, readerExamined);
        var examined = buffer.GetPosition(examinedOctets);
        input.AdvanceTo(buffer.Start, examined);
        if (buffer.IsEmpty)
            buffer = default;
    }

    private void OnDeadline()
    {
        if (!deadline.HasPassed(Volatile.Read(ref flushEnd)))
        {
            Interrupt();
            return;
        }
        Lost ??= EndReason.SlowReader;
        Abort();
    }

    private void Interrupt() => interruptions.Schedule(static state => Volatile.Read(ref ((MailConnection)state!).input).CancelPendingRead(), this);

    private void BreakOff()
    {
        try
        {
            tls?.StopReading();
            Volatile.Read(ref input).CancelPendingRead();
            transport.Output.CancelPendingFlush();
            Output.CancelPendingFlush();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }
}
