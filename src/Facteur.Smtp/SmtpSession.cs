using System.Buffers;
using System.Globalization;
using System.Security.Authentication;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Smtp.Commands;
using Facteur.Smtp.Wire;
using Microsoft.Extensions.Logging;

namespace Facteur.Smtp;

/// <summary>
/// One SMTP or LMTP conversation: reads commands, keeps what they may rely on, writes answers.
/// </summary>
/// <remarks>
/// Invariants: an answer of success to a message needs the store's receipt; nothing learnt before STARTTLS is believed
/// after it; without a login only the handoff's local recipients are taken; a line or message that is refused is read
/// to its true end, or the connection ends.
/// </remarks>
internal sealed partial class SmtpSession : IAsyncDisposable
{
    // RFC 5321 §4.5.3.1.4: 512 octets, and what the parameters of RFC 1870, 3461 (1036), 4954 (500), 6152 and 6531 add.
    private const int MaxLineOctets = 2_560;

    private readonly SmtpInput input;
    private readonly ILogger log;
    private readonly CancellationToken stopping;
    private LineReceiver receiver;
    private EndReason? end;
    private SmtpPeer? peer;
    private IDisposable? watch;
    private volatile string farewell = "";
    private long idleOctets;
    private int errors;
    private int refusedRecipients;
    private int failedLogins;
    private int transactions;

    public SmtpSession(MailConnection connection, SmtpMode mode, SmtpOptions options, IMailHandoff handoff, LoginService? logins, ILogger log, CancellationToken stopping)
    {
        Connection = connection;
        Mode = mode;
        Options = options;
        Handoff = handoff;
        Logins = logins;
        this.log = log;
        this.stopping = stopping;
        input = new SmtpInput(connection);
        Receiver = new MessageReceiver(input, options);
    }

    public MailConnection Connection { get; }
    public SmtpMode Mode { get; }
    public SmtpOptions Options { get; }
    public IMailHandoff Handoff { get; }
    public LoginService? Logins { get; }
    public MessageReceiver Receiver { get; }

    /// <summary>The client's name, once it said HELO, EHLO or LHLO.</summary>
    public string? Hello { get; private set; }
    public bool IsExtended { get; private set; }

    /// <summary>Who logged in.</summary>
    public Account? Account { get; private set; }

    public Transaction? Transaction { get; private set; }

    /// <summary>The client, as logins see it.</summary>
    public LoginClient Client => new(MailProtocol.Submission, Connection.Remote.Address)
    {
        IsEncrypted = Connection.IsEncrypted, CertificateHash = Connection.ClientCertificateHash, ServerEndPoint = Connection.ServerEndPoint,
    };

    /// <summary>A password may be asked for here and now (RFC 4954 §4, §9): on a submission port, under TLS, or in clear on this machine if so set.</summary>
    public bool MayAuthenticate =>
        Mode == SmtpMode.Submission && Logins is not null
        && (Connection.IsEncrypted || (Options.PlaintextAuthOnLoopback && System.Net.IPAddress.IsLoopback(Connection.Remote.Address)));

    /// <summary>What the Received field will say of this connection.</summary>
    public SmtpPeer Peer => peer ??= new SmtpPeer(Mode, Connection.Id, Connection.Remote, Connection.Local, Hello ?? "", IsExtended,
        Connection.IsEncrypted ? TlsName(Connection.TlsProtocol) : null, Connection.CipherSuite, Account);

    public async Task<EndReason> RunAsync()
    {
        Write(SmtpReply.Of(220, "", $"{Options.HostName} {(Mode == SmtpMode.Lmtp ? "LMTP" : "ESMTP")} Facteur ready"));
        while (end is null)
        {
            var status = receiver.TryRead(ref input.Unread, LineLimit(), out var line);
            switch (status)
            {
                case LineStatus.Complete:
                    await RunLineAsync(line);
                    break;
                case LineStatus.NeedMore:
                    await ReadOnAsync();
                    break;
                case LineStatus.TooLong:
                    idleOctets += LineLimit();
                    Answer(Replies.LineTooLong);
                    break;
                case LineStatus.BareLineFeed:
                    EndWith(EndReason.ProtocolViolation, Replies.BareLineFeed);
                    break;
            }
            if (end is null) CheckPatience();
        }
        if (!input.IsLost && Connection.Output.UnflushedBytes > 0) await Connection.FlushAsync();
        return input.IsLost ? Connection.Lost ?? EndReason.ClientClosed : end.Value;
    }

    /// <summary>Reads one line of an exchange inside a command (AUTH).</summary>
    /// <returns>The line, or null: it was too long, or the connection ends.</returns>
    public async ValueTask<byte[]?> ReadLineAsync(int maxOctets)
    {
        var tooLong = false;
        while (end is null)
        {
            switch (receiver.TryRead(ref input.Unread, maxOctets, out var line))
            {
                case LineStatus.Complete:
                    return line.ToArray();
                case LineStatus.NeedMore:
                    await ReadOnAsync();
                    break;
                case LineStatus.TooLong:
                    tooLong = true;
                    break;
                case LineStatus.TooLongEnded when tooLong:
                    return null;
                case LineStatus.BareLineFeed:
                    EndWith(EndReason.ProtocolViolation, Replies.BareLineFeed);
                    break;
            }
        }
        return null;
    }

    /// <summary>Writes an answer; it leaves with the next flush.</summary>
    public void Write(SmtpReply reply) => Connection.Output.Write(reply.Octets);

    /// <summary>Ends the session after a last answer, if there is one to give.</summary>
    public void EndWith(EndReason reason, SmtpReply? last = null)
    {
        if (last is not null) Write(last);
        end ??= reason;
    }

    /// <summary>HELO, EHLO, LHLO: a new start (RFC 5321 §4.1.4: clears the transaction).</summary>
    public async ValueTask GreetAsync(string hello, bool extended)
    {
        await ResetAsync();
        Hello = hello;
        IsExtended = extended;
        peer = null;
    }

    public string NextTransactionId() => string.Create(CultureInfo.InvariantCulture, $"{Connection.Id}-{++transactions}");

    public void Begin(Transaction transaction) => Transaction = transaction;

    /// <summary>Leaves the transaction; nothing of it remains (RFC 5321 §4.1.1.5).</summary>
    public async ValueTask ResetAsync()
    {
        var open = Transaction;
        Transaction = null;
        if (open is not null) await open.DisposeAsync();
    }

    /// <summary>A message was taken: whatever came before is forgiven.</summary>
    public void CountProgress()
    {
        errors = 0;
        idleOctets = 0;
    }

    public void CountAcceptedRecipient()
    {
        idleOctets = 0;
        // Who has a recipient to send to is no idle guest: the budget before login ends, there being no login on 25 and in LMTP.
        if (Mode != SmtpMode.Submission) Connection.LiftBudget();
    }

    public void CountRefusedRecipient() => refusedRecipients++;

    public void CountFailedLogin() => failedLogins++;

    /// <summary>The login succeeded; the session ends when the account changes.</summary>
    public void SetAuthenticated(Account account)
    {
        Account = account;
        peer = null;
        failedLogins = 0;
        watch = Logins!.Watch(account, why =>
        {
            farewell = why.AsciiSentence;
            Connection.End(EndReason.AccountChanged);
        });
        Connection.SetAuthenticated();
    }

    /// <summary>STARTTLS: the answer, the handshake, and a session that knows nothing (RFC 3207 §4.2).</summary>
    public async ValueTask UpgradeAsync(CancellationToken cancel)
    {
        if (!input.Unread.IsEmpty)
        {
            end = EndReason.PlaintextAfterStartTls; // no answer: whoever put it there is not to see TLS begin
            return;
        }
        Write(Replies.ReadyForTls);
        input.Release();
        if (await Connection.StartTlsAsync(cancel) is { } reason)
        {
            end = reason;
            return;
        }
        await ResetAsync();
        Hello = null;
        IsExtended = false;
        Account = null;
        peer = null;
    }

    public void LogRefused(Envelope envelope, SmtpReply reply)
    {
        SmtpMetrics.Refused(Mode, reply.Code);
        LogMessageRefused(envelope.Id, reply.FirstLine, Connection.Remote, envelope.Sender?.ToString() ?? "", envelope.Recipients.Count);
    }

    /// <summary>Something of ours broke; the client reads only that it may try again.</summary>
    public void LogFault(Exception e) => LogCommandFailed(e, Connection.Id);

    public async ValueTask DisposeAsync()
    {
        watch?.Dispose();
        await ResetAsync();
    }

    private async ValueTask RunLineAsync(ReadOnlySequence<byte> line)
    {
        if (Account is null) idleOctets += line.Length + 2;
        SmtpReply? reply;
        try
        {
            var command = Parse(line, out reply);
            if (command is not null) reply = await command.RunAsync(this, stopping);
        }
        catch (SmtpSyntaxException e)
        {
            reply = e.Reply;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogCommandFailed(e, Connection.Id);
            await ResetAsync();
            reply = Replies.ServerFault;
        }
        if (reply is not null) Answer(reply);
    }

    private SmtpCommand? Parse(ReadOnlySequence<byte> line, out SmtpReply? problem)
    {
        var reader = new SmtpReader(line.IsSingleSegment ? line.FirstSpan : line.ToArray()) { TakesBarePath = Mode == SmtpMode.Submission };
        problem = null;
        if (reader.HasControls)
        {
            problem = Replies.ControlCharacter;
            return null;
        }
        var parse = CommandTable.Find(reader.Name(), Mode);
        if (parse is null) problem = Replies.UnknownCommand;
        return parse?.Invoke(ref reader);
    }

    private void Answer(SmtpReply reply)
    {
        // 5yz that speak of the command, not of the mail (RFC 5321 §4.2.1: second digit 0 is syntax, 3 is what AUTH adds).
        if (reply.Code is (>= 500 and < 510) or 530 or 538 or 555) errors++;
        Write(reply);
    }

    private void CheckPatience()
    {
        if (errors >= Options.MaxErrors || failedLogins >= Options.MaxFailedLogins)
            EndWith(EndReason.TooManyErrors, Replies.TooManyErrors);
        else if (refusedRecipients >= Options.MaxRefusedRecipients && Account is null && Mode != SmtpMode.Lmtp)
            EndWith(EndReason.TooManyErrors, Replies.TooManyErrors);
        else if (idleOctets > Options.MaxIdleCommandOctets && Account is null)
            EndWith(EndReason.PreLoginBudget, Replies.TooMuchTalk);
        else if (Connection.Ending is { } ending && input.Unread.IsEmpty && Transaction is null)
            SayGoodbye(ending);
    }

    private async ValueTask ReadOnAsync()
    {
        var held = input.Unread.Length;
        var timeout = Mode == SmtpMode.Submission && Account is null ? Options.LoginTimeout : Options.CommandTimeout;
        switch (await input.ReadAsync(timeout))
        {
            case ReadOutcome.Data:
                if (receiver.IsSkipping && Account is null) idleOctets += input.Unread.Length - held;
                break;
            case ReadOutcome.TimedOut:
                EndWith(EndReason.Timeout, Replies.TimedOut);
                break;
            case ReadOutcome.OverBudget:
                EndWith(EndReason.PreLoginBudget, Replies.TooMuchTalk);
                break;
            case ReadOutcome.Closed:
                end = EndReason.ClientClosed;
                break;
            case ReadOutcome.Ended:
                SayGoodbye(Connection.Ending ?? EndReason.Draining);
                break;
            case ReadOutcome.Woken:
                break;
        }
    }

    private void SayGoodbye(EndReason reason) =>
        EndWith(reason, reason != EndReason.AccountChanged ? Replies.ShuttingDown : farewell.Length > 0 ? SmtpReply.Of(421, "4.7.0", farewell) : Replies.AccountChanged);

    // An AUTH line carries a whole message of the mechanism (RFC 4954 §4: at least 12,288 octets).
    private int LineLimit() => StartsWithAuth(input.Unread) ? Auth.MaxLineOctets : MaxLineOctets;

    private static bool StartsWithAuth(in ReadOnlySequence<byte> unread)
    {
        if (unread.Length < 2) return false;
        Span<byte> two = stackalloc byte[2];
        unread.Slice(0, 2).CopyTo(two);
        return System.Text.Ascii.EqualsIgnoreCase(two, "AU"u8);
    }

    private static string TlsName(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS1.2",
        SslProtocols.Tls13 => "TLS1.3",
        _ => "TLS",
    };

    [LoggerMessage(LogLevel.Information, "Message {Transaction} refused: {Reply}; from {Remote}, sender <{Sender}>, {Recipients} recipients", EventName = "smtp.refused")]
    private partial void LogMessageRefused(string transaction, string reply, System.Net.IPEndPoint remote, string sender, int recipients);

    [LoggerMessage(LogLevel.Error, "SMTP command failed on connection {Connection}", EventName = "smtp.fault")]
    private partial void LogCommandFailed(Exception e, string connection);
}
