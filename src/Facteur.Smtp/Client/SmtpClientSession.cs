using System.Globalization;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>
/// Our side of an SMTP or LMTP session over any duplex stream: opened up to the point where mail can be sent, then one
/// transaction after the other. Used by one caller at a time.
/// </summary>
/// <remarks>
/// Invariants: the answer to the end of a message is read before anything else is done; once the end of a message may have left,
/// a lost connection is "uncertain", never a failure for good; after a connection was lost or cancelled nothing more is written to it;
/// credentials go out under verified TLS only.
/// </remarks>
public sealed class SmtpClientSession : IAsyncDisposable
{
    private readonly TimeProvider time;
    private readonly long opened;
    private long stageStart;
    private long operationStart;
    private int transactions;
    private bool isOver;

    private SmtpClientSession(Stream stream, SmtpClientSetup setup, SmtpClientOptions options, TimeProvider time)
    {
        this.time = time;
        Options = options;
        Host = setup.Host;
        IsLmtp = setup.IsLmtp;
        Observer = setup.Observer;
        Wire = new ClientWire(stream, time, setup.Observer);
        opened = stageStart = operationStart = time.GetTimestamp();
        Stage = SmtpStage.Connect;
    }

    public RemoteHost Host { get; }
    public bool IsLmtp { get; }

    /// <summary>TLS of the session; null in clear.</summary>
    public TlsFacts? Tls { get; internal set; }

    public PeerCapabilities Capabilities { get; private set; } = PeerCapabilities.None;

    /// <summary>Another transaction may be tried.</summary>
    public bool CanSend =>
        !isOver && Wire.Closing is null && transactions < Math.Min(Options.MaxTransactions, Capabilities.MaxTransactions ?? int.MaxValue)
        && time.GetElapsedTime(opened) < Options.MaxAge;

    /// <summary>Recipients that one transaction may have.</summary>
    public int MaxRecipients => Math.Min(Options.MaxRecipients, Capabilities.MaxRecipients ?? int.MaxValue);

    internal SmtpClientOptions Options { get; }
    internal ClientWire Wire { get; }
    internal ISmtpClientObserver? Observer { get; }
    internal SmtpStage Stage { get; private set; }

    /// <summary>The last transaction was left open: RSET comes before the next (RFC 5321 §4.1.1.5).</summary>
    internal bool NeedsReset { get; set; }

    /// <summary>Time since the transaction or the opening began.</summary>
    internal TimeSpan Elapsed => time.GetElapsedTime(operationStart);

    /// <summary>Greeting, EHLO, STARTTLS, AUTH, as far as the setup asks. Takes the stream over.</summary>
    public static async ValueTask<SmtpOpening> OpenAsync(Stream stream, SmtpClientSetup setup, SmtpClientOptions options, TimeProvider time, CancellationToken cancel)
    {
        var session = new SmtpClientSession(stream, setup, options, time);
        SmtpOpening? opening = null;
        try
        {
            using (session.Wire.Deadline.Follow(cancel)) await session.OpenAsync(setup);
            opening = new SmtpOpening(session, null, TlsFault.None);
        }
        catch (StepException e)
        {
            var failure = session.Outcome(session.Stage, e.Verdict, e.EnhancedCode, e.Message, e.Code);
            opening = new SmtpOpening(null, failure, e.TlsFault);
            session.isOver = e.TlsFault is TlsFault.Handshake or TlsFault.Certificate; // else there is somebody to say QUIT to
        }
        catch (WireException e)
        {
            session.isOver = true;
            opening = new SmtpOpening(null, session.Lost(e, session.Stage, false), e.Fault == WireFault.Injected ? TlsFault.Injected : TlsFault.None);
        }
        finally
        {
            if (opening is null) session.isOver = true; // cancelled
            if (opening?.Session is null) await session.DisposeAsync();
        }
        return opening;
    }

    /// <summary>
    /// One transaction. Each recipient gets an outcome, in the order of the envelope. Only cancellation throws; the session is over then.
    /// </summary>
    public async ValueTask<IReadOnlyList<AttemptOutcome>> SendAsync(OutgoingEnvelope envelope, OutgoingContent content, CancellationToken cancel)
    {
        operationStart = time.GetTimestamp();
        if (isOver) throw new InvalidOperationException("the session is over");
        var done = false;
        try
        {
            using (Wire.Deadline.Follow(cancel))
            {
                Wire.Deadline.BeginOverall(Options.TransactionTimeout + TimeSpan.FromSeconds(content.Length / Options.MinOctetsPerSecond));
                var transaction = new MailTransaction(this, envelope, content);
                isOver |= !await transaction.RunAsync(cancel);
                transactions++;
                done = true;
                return transaction.Outcomes;
            }
        }
        finally
        {
            isOver |= !done;
            Leave();
            Wire.Deadline.EndOverall();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!isOver && Wire.Owed == 0)
        {
            operationStart = time.GetTimestamp();
            await Quit.RunAsync(this);
            Leave();
        }
        isOver = true;
        await Wire.DisposeAsync();
    }

    /// <summary>A step begins; the one before is over.</summary>
    internal void Enter(SmtpStage stage)
    {
        Leave();
        Stage = stage;
        stageStart = time.GetTimestamp();
    }

    internal AttemptOutcome Outcome(SmtpStage stage, AttemptVerdict verdict, string enhancedCode, string text, int replyCode = 0) => new()
    {
        Verdict = verdict,
        Stage = stage,
        ReplyCode = replyCode,
        EnhancedCode = enhancedCode,
        Text = text,
        Host = Host,
        Tls = Tls,
        Elapsed = Elapsed,
    };

    /// <summary>What a lost connection means: the words of a 421 that came before, or ours.</summary>
    internal AttemptOutcome Lost(WireException e, SmtpStage stage, bool uncertain)
    {
        if (Wire.Closing is { } closing && !uncertain)
            return Outcome(stage, closing.FailureVerdict, closing.EnhancedOrDefault, closing.Text, closing.Code);
        var (code, words) = e.Fault switch
        {
            WireFault.TimedOut => ("4.4.2", $"{e.Message} ({Name(stage)})"),
            WireFault.Nonsense => ("4.5.0", $"{e.Message} ({Name(stage)})"),
            WireFault.Injected => ("4.7.5", e.Message),
            _ => ("4.4.2", $"{e.Message} ({Name(stage)})"),
        };
        return Outcome(stage, AttemptVerdict.TemporaryFailure, code, words) with { IsUncertain = uncertain };
    }

    private async ValueTask OpenAsync(SmtpClientSetup setup)
    {
        if (setup.Tls.Use == TlsUse.Implicit) await StartTls.HandshakeAsync(this, setup.Tls, fromStart: true);
        await Greeting.RunAsync(this);
        Capabilities = await Ehlo.RunAsync(this);
        if (await StartTls.RunAsync(this, setup.Tls)) Capabilities = await Ehlo.RunAsync(this);
        if (setup.Credentials is not null) await Authenticate.RunAsync(this, setup.Credentials);
        Leave();
        Wire.Deadline.Clear();
    }

    private void Leave()
    {
        if (Stage != SmtpStage.Connect) Observer?.Finished(Stage, time.GetElapsedTime(stageStart));
        Stage = SmtpStage.Connect;
    }

    private static string Name(SmtpStage stage) => stage switch
    {
        SmtpStage.Connect => "connecting",
        SmtpStage.Greeting => "waiting for the greeting",
        SmtpStage.Tls => "STARTTLS",
        SmtpStage.Data => "sending the content",
        SmtpStage.ContentEnd => "waiting for the answer to the content",
        _ => stage.ToString().ToUpper(CultureInfo.InvariantCulture),
    };
}
