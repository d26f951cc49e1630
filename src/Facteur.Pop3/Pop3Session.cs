using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Net;
using Facteur.Pop3.Commands;
using Facteur.Pop3.Maildrops;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Pop3;

/// <summary>States of a session (RFC 1939 §3); UPDATE is the time between QUIT and the end.</summary>
[Flags]
internal enum Pop3States { Authorization = 1, Transaction = 2, Any = Authorization | Transaction }

/// <summary>
/// One conversation. Invariants: each line gets one answer, in order (RFC 2449 §6.6); answers are flushed when no further command
/// is there to be read; messages are removed by QUIT alone, never when a connection ends in another way (RFC 1939 §6).
/// </summary>
internal sealed partial class Pop3Session(MailConnection connection, Pop3Services services) : IDisposable
{
    /// <summary>Base64 of the longest SASL message, and CRLF.</summary>
    private const int MaxSaslLineOctets = (SaslServer.MaxMessageOctets + 2) / 3 * 4 + 2;

    /// <summary>Messages fetched whose note waits: the trace is written behind the session, not beside each message.</summary>
    private const int MostUnnoted = 10_000;

    /// <summary>Messages whose days on the server are over that a login takes away; the rest goes in the background (<see cref="DownloadExpiry"/>).</summary>
    private const int MostExpiredAtLogin = 200;

    private readonly Pop3Options options = services.Options;
    private readonly LoginService logins = services.Logins;
    private readonly ILogger logger = services.Logger;
    private byte[] line = new byte[256];
    private readonly List<EmailId> sent = [];
    private EndReason? end;
    private int badCommands;
    private int failedLogins;
    private IDisposable? maildropLock;
    private IDisposable? watch;
    private Maildrop? maildrop;
    private string account = "";

    public MailConnection Connection => connection;
    public Pop3Writer Writer { get; } = new(connection);
    public LoginService Logins => logins;
    public Pop3Services Services => services;
    public Pop3States State => maildrop is null ? Pop3States.Authorization : Pop3States.Transaction;

    /// <summary>The name USER gave, for the next command only to be PASS.</summary>
    public string? UserName { get; set; }

    /// <summary>The client reads UTF-8 (RFC 6856 §2.1).</summary>
    public bool IsUtf8 { get; set; }

    /// <summary>False for a member of a shared account who may only read it.</summary>
    public bool MayDelete { get; private set; } = true;

    /// <summary>The maildrop; there is one in the TRANSACTION state.</summary>
    public Maildrop Maildrop => maildrop!;

    /// <summary>The client, as logins see it.</summary>
    public LoginClient Client => new(MailProtocol.Pop3, connection.Remote.Address)
    {
        IsEncrypted = connection.IsEncrypted, CertificateHash = connection.ClientCertificateHash, ServerEndPoint = connection.ServerEndPoint,
    };

    /// <summary>Whether a password may be sent on this connection as it stands.</summary>
    public bool MayLogIn => connection.IsEncrypted || (options.PlaintextOnLoopback && System.Net.IPAddress.IsLoopback(connection.Remote.Address));

    public async Task<EndReason> RunAsync(CancellationToken cancel)
    {
        Writer.Ok(Pop3Text.Ready);
        while (end is null && await ReadLineAsync(options.MaxLineOctets) is { } command)
            await ExecuteAsync(command, cancel);
        Leave(); // before the last answer: who has read it may log in again
        await connection.FlushAsync();
        return end ?? EndReason.ServerFault;
    }

    /// <summary>The session ends after the answer to this command.</summary>
    public void End(EndReason reason) => end ??= reason;

    /// <summary>The next line of the client, for the exchange of AUTH; null when the session is over.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> ReadSaslLineAsync() => ReadLineAsync(MaxSaslLineOctets);

    /// <summary>Takes the verdict on a login: into the TRANSACTION state, or a refusal.</summary>
    public async ValueTask CompleteLoginAsync(LoginResult result, CancellationToken cancel)
    {
        if (result.Account is not { } owner) throw Refuse(result);
        watch = logins.Watch(owner, () => connection.End(EndReason.AccountChanged));
        try
        {
            await OpenMaildropAsync(owner, cancel);
        }
        finally
        {
            if (maildrop is null) Leave();
        }
        connection.SetAuthenticated();
        Writer.Ok(Pop3Text.Messages, Maildrop.Count, Maildrop.Octets);
    }

    /// <summary>A message could not be sent to its end: the client must not take what it has for the whole.</summary>
    public void Break(Exception cause)
    {
        LogCommandFailed(cause, connection.Id, account);
        End(EndReason.ServerFault);
        connection.Abort();
    }

    /// <summary>A message went out to its end.</summary>
    public void Fetched(int number, EmailId email)
    {
        Maildrop.FetchedNumbers.Add(number);
        sent.Add(email);
        if (sent.Count == MostUnnoted) NoteSent();
    }

    /// <summary>Notes for the owner what this program did with messages.</summary>
    public void Note(TraceKind kind, IReadOnlyList<EmailId> emails)
    {
        if (emails.Count == 0) return;
        if (kind == TraceKind.Deleted) LogMessagesRemoved(account, emails.Count, connection.Remote.Address);
        services.Store.Trace.Note(kind, Maildrop.Account.Id, Maildrop.Parts[0].Mailbox.Id, emails, "POP3", "", connection.Remote.Address.ToString());
    }

    /// <summary>The UPDATE state could not do all of its work.</summary>
    public void UpdateFailed(Exception cause) => LogCommandFailed(cause, connection.Id, account);

    public void Dispose() => Leave();

    private async ValueTask OpenMaildropAsync(Account owner, CancellationToken cancel)
    {
        var record = await services.Store.Directory.GetAccountAsync(owner.Id, cancel)
            ?? throw new Pop3RefusedException("SYS/PERM", Pop3Text.NoInbox);
        var setting = await services.Settings.PopAsync(record, cancel);
        if (setting.Scope == PopScope.Off) throw new Pop3RefusedException("SYS/PERM", Pop3Text.PopIsOff);
        if (services.Pauses.Left(owner.Id, setting) is { } left)
            throw new Pop3RefusedException("LOGIN-DELAY", Pop3Text.LoginDelay, setting.LoginDelay, (int)Math.Ceiling(left.TotalSeconds)); // RFC 2449 §8.1.1
        MayDelete = owner.MayWrite;
        if (!setting.IsShared)
            maildropLock = await services.Locks.EnterAsync(owner.Id, options.MaildropWait, cancel)
                ?? throw new Pop3RefusedException("IN-USE", Pop3Text.InUse); // RFC 2449 §8.1.2
        var expired = await services.Downloads.ExpireAsync(record, setting, MostExpiredAtLogin, cancel);
        // Nothing becomes of what a member downloads who may only read a shared account.
        var own = MayDelete ? setting : setting with { AfterDownload = PopAfterDownload.Keep, DeleteAfterDays = null };
        maildrop = await Maildrop.OpenAsync(services.Store, services.Cache, record, own, cancel);
        account = owner.Address;
        Note(TraceKind.Deleted, expired);
        services.Pauses.LoggedIn(owner.Id, setting);
    }

    private void NoteSent()
    {
        if (sent.Count == 0) return;
        Note(TraceKind.Fetched, [.. sent]);
        sent.Clear();
    }

    private void Leave()
    {
        NoteSent();
        maildrop?.Close();
        watch?.Dispose();
        maildropLock?.Dispose();
        (watch, maildropLock) = (null, null);
    }

    // Codes: RFC 3206. SYS/PERM is for what no other credential would change; a login against the rules from where and how one may is AUTH.
    private Pop3RefusedException Refuse(LoginResult result)
    {
        if (result.Refusal is not (LoginRefusal.Busy or LoginRefusal.Temporary) && ++failedLogins >= options.MaxFailedLogins) End(EndReason.TooManyErrors);
        var code = result.Why!.Nature switch
        {
            AccessNature.Administrator or AccessNature.Owner => "SYS/PERM",
            AccessNature.Temporary => "SYS/TEMP",
            _ => "AUTH",
        };
        // In the language the client chose, in UTF-8 from then on (RFC 6856 §3.2); else in that of the account.
        if (Writer.IsLanguageChosen) return new Pop3RefusedException(code, result.Why.In(Writer.Language.Tag));
        return new Pop3RefusedException(code, IsUtf8 ? result.Sentence : result.AsciiSentence);
    }

    private async ValueTask ExecuteAsync(ReadOnlyMemory<byte> command, CancellationToken cancel)
    {
        try
        {
            await Pop3CommandTable.Parse(command.Span, State).RunAsync(this, cancel);
            badCommands = 0;
        }
        catch (Pop3SyntaxException e)
        {
            Writer.Error(null, e.In(Writer.Language));
            if (++badCommands >= options.MaxBadCommands) End(EndReason.TooManyErrors);
        }
        catch (Pop3RefusedException e)
        {
            Writer.Error(e.Code, e.In(Writer.Language));
        }
        catch (OperationCanceledException)
        {
            End(connection.Ending ?? EndReason.ClientClosed);
        }
        catch (Exception e)
        {
            LogCommandFailed(e, connection.Id, account);
            Writer.Error("SYS/TEMP", Writer.Language[Pop3Text.ServerFault]); // RFC 3206
        }
        if (connection.Lost is { } lost) End(lost);
    }

    /// <summary>Reads a line into this session's buffer, flushing answers when there is none yet. Null: <see cref="end"/> says why.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(int maxOctets)
    {
        while (true)
        {
            // An account that changed is out at once; a server that drains still does what was sent before.
            if (connection.Ending == EndReason.AccountChanged)
            {
                End(EndReason.AccountChanged);
                return null;
            }
            if (TakeLine(maxOctets, out var status) is { } taken) return taken;
            if (status == LineStatus.TooLong)
            {
                Writer.Error(null, Writer.Language[Pop3Text.LineTooLong]);
                End(EndReason.ProtocolViolation);
                return null;
            }
            if (!await connection.FlushAsync())
            {
                End(connection.Lost ?? EndReason.ClientClosed);
                return null;
            }
            var outcome = await connection.ReadAsync(options.IdleTimeout);
            if (outcome is ReadOutcome.Data or ReadOutcome.Woken) continue;
            // No farewell: RFC 1939 §3 wants none on a timeout, and there is no command to answer.
            End(outcome switch
            {
                ReadOutcome.TimedOut => EndReason.Timeout,
                ReadOutcome.OverBudget => EndReason.PreLoginBudget,
                ReadOutcome.Ended => connection.Ending ?? EndReason.Draining,
                _ => EndReason.ClientClosed,
            });
            return null;
        }
    }

    private ReadOnlyMemory<byte>? TakeLine(int maxOctets, out LineStatus status)
    {
        var input = connection.Buffer;
        status = Pop3Receiver.TryReadLine(ref input, maxOctets, out var found);
        if (status != LineStatus.Complete)
        {
            if (!input.IsEmpty) connection.Advance(input.Start, input.End);
            return null;
        }
        var length = (int)found.Length;
        if (line.Length < length) line = new byte[maxOctets];
        System.Buffers.BuffersExtensions.CopyTo(found, line);
        connection.Advance(input.Start, input.Start);
        return line.AsMemory(0, length);
    }

    [LoggerMessage(LogLevel.Information, "{Account} removed {Count} messages by POP3 from {Remote}", EventName = "MessagesRemoved")]
    private partial void LogMessagesRemoved(string account, int count, System.Net.IPAddress remote);

    [LoggerMessage(LogLevel.Error, "POP3 command of {Account} failed on connection {Connection}", EventName = "CommandFailed")]
    private partial void LogCommandFailed(Exception e, string connection, string account);
}
