using System.Buffers;
using Facteur.Net;
using Microsoft.Extensions.Logging;

namespace Facteur.Imap;

/// <summary>A command as received: its tag and either what it asks or why it cannot be understood.</summary>
internal readonly record struct ReceivedCommand(string? Tag, ImapCommand? Command, Exception? Error);

internal sealed partial class ImapSession
{
    private const int MaxTagOctets = 255;

    private readonly ILogger logger;
    private readonly ImapReceiver receiver;
    private readonly CancellationToken cancel;
    private IDisposable? watch;
    private volatile string farewell = "";
    private int badCommands;

    public ImapSession(MailConnection connection, ImapHost host, CancellationToken cancel)
    {
        Connection = connection;
        this.host = host;
        this.cancel = cancel;
        logger = host.Logger;
        Writer = NewWriter();
        receiver = new ImapReceiver(host.Options.MaxLineOctets, host.Options.MaxCommandOctets);
    }

    /// <summary>Runs the session to its end.</summary>
    public async Task<EndReason> RunAsync()
    {
        try
        {
            await GreetAsync();
            while (true) await NextAsync();
        }
        catch (ImapEndedException e)
        {
            return await EndAsync(e.Reason);
        }
        catch (OperationCanceledException)
        {
            return Connection.Ending ?? EndReason.ClientClosed; // aborted: nobody reads a goodbye
        }
        finally
        {
            Selected?.Dispose();
            watch?.Dispose();
            metadata?.Dispose();
        }
    }

    /// <summary>Writes a last line and ends the session.</summary>
    public ImapEndedException Bye(EndReason reason, string text)
    {
        Writer.Raw("* BYE "u8);
        Writer.Raw(text);
        Writer.EndLine();
        return new ImapEndedException(reason);
    }

    /// <summary>The selected mailbox was deleted by another session: no number or UID means anything any more.</summary>
    public ImapEndedException MailboxIsGone() => Bye(EndReason.MailboxDeleted, "the selected mailbox was deleted");

    private async ValueTask GreetAsync()
    {
        var isKnown = await LogInByCertificateAsync();
        Writer.Raw(isKnown ? "* PREAUTH [CAPABILITY "u8 : "* OK [CAPABILITY "u8);
        Writer.Raw(Capabilities.Of(this));
        Writer.Raw(isKnown ? "] Facteur knows you by your certificate\r\n"u8 : "] Facteur ready\r\n"u8);
    }

    private async ValueTask NextAsync()
    {
        switch (receiver.Receive(Connection.Buffer))
        {
            case ReceiveStatus.NeedMore:
                Connection.Advance(Connection.Buffer.Start, Connection.Buffer.End);
                await ReadMoreAsync(Options.IdleTimeout);
                break;
            case ReceiveStatus.TooLong:
                Writer.Raw(TagOf(Connection.Buffer));
                Writer.Raw(" BAD the command is too long\r\n"u8);
                throw Bye(EndReason.ProtocolViolation, "the command is too long");
            case ReceiveStatus.NeedLiteral:
                await HandleLiteralAsync();
                break;
            default:
                var isCutByClient = receiver.HasNonSynchronizing;
                await RunCommandAsync(TakeCommand(), isCutByClient);
                break;
        }
    }

    /// <summary>Sends what was written and waits for octets beyond those in the buffer. Every other outcome ends the session.</summary>
    private async ValueTask ReadMoreAsync(TimeSpan timeout)
    {
        if (Writer.Pending > 0) await Writer.FlushAsync();
        while (true)
        {
            var outcome = await Connection.ReadAsync(timeout);
            if (outcome == ReadOutcome.Data) return;
            if (outcome != ReadOutcome.Woken) throw Ended(outcome);
        }
    }

    private ImapEndedException Ended(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.TimedOut => Bye(EndReason.Timeout, "you were silent for too long"),
        ReadOutcome.OverBudget => Bye(EndReason.PreLoginBudget, "log in sooner"),
        ReadOutcome.Ended => Connection.Ending switch
        {
            EndReason.Draining => Bye(EndReason.Draining, "the server restarts; connect again"),
            EndReason.AccountChanged => Bye(EndReason.AccountChanged, farewell.Length > 0 ? farewell : "log in again"),
            var other => Bye(other ?? EndReason.Draining, "good bye"),
        },
        _ => new ImapEndedException(EndReason.ClientClosed),
    };

    // The goodbye is sent when it still can be; in clear after a failed STARTTLS nobody would expect one.
    private async ValueTask<EndReason> EndAsync(EndReason reason)
    {
        if (reason is EndReason.ClientClosed or EndReason.SlowReader or EndReason.TlsFailed or EndReason.PlaintextAfterStartTls) return reason;
        if (Writer.Pending > 0) await Connection.FlushAsync();
        return reason;
    }

    /// <summary>Takes the command the receiver found off the buffer.</summary>
    private ReceivedCommand TakeCommand()
    {
        var buffer = Connection.Buffer;
        var bytes = buffer.Slice(0, receiver.Length - 2);
        var received = bytes.IsSingleSegment ? Parse(bytes.FirstSpan) : ParseCopy(bytes);
        var end = buffer.GetPosition(receiver.Length);
        Connection.Advance(end, end);
        receiver.Reset();
        return received;
    }

    private ReceivedCommand ParseCopy(in ReadOnlySequence<byte> bytes)
    {
        var length = (int)bytes.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bytes.CopyTo(copy);
            return Parse(copy.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private ReceivedCommand Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return default; // iPhone Mail sends a CRLF before a command (CLIENTS 15)
        string? tag = null;
        try
        {
            var reader = new ImapReader(bytes, Utf8);
            tag = ReadTag(ref reader);
            var entry = ReadName(ref reader);
            return new ReceivedCommand(tag, entry.Parse(ref reader), null);
        }
        catch (Exception e)
        {
            return new ReceivedCommand(tag ?? "*", null, e);
        }
    }

    private static string ReadTag(ref ImapReader reader)
    {
        var tag = reader.Tag();
        if (tag.Length is 0 or > MaxTagOctets) throw new ImapSyntaxException("tag expected");
        var text = System.Text.Encoding.ASCII.GetString(tag);
        if (!reader.TrySpace()) throw new ImapSyntaxException("tag and command expected");
        return text;
    }

    private CommandEntry ReadName(ref ImapReader reader)
    {
        var name = reader.Atom().ToUpperInvariant();
        if (name == "UID")
        {
            reader.Space();
            name = "UID " + reader.Atom().ToUpperInvariant();
        }
        var entry = CommandTable.Find(name) ?? throw new ImapSyntaxException("unknown command");
        if ((entry.States & State) != 0) return entry;
        throw new ImapSyntaxException(State switch
        {
            SessionStates.NotAuthenticated => "log in first",
            SessionStates.Authenticated when entry.States == SessionStates.Selected => "select a mailbox first",
            _ => "not allowed once logged in",
        });
    }

    /// <param name="isCutByClient">A literal came unasked: if the command then makes no sense, its length may have been wrong.</param>
    private async ValueTask RunCommandAsync(ReceivedCommand received, bool isCutByClient)
    {
        if (received.Tag is null) return;
        if (received.Error is { } error)
        {
            Refuse(received.Tag, error);
            // What follows may be a part of the literal read as commands (S-11); a client that logged in is trusted that far.
            if (isCutByClient && error is ImapSyntaxException && State == SessionStates.NotAuthenticated)
                throw Bye(EndReason.ProtocolViolation, "a literal does not fit its length");
            return;
        }
        await RunCommandAsync(received.Tag, received.Command!);
    }

    private async ValueTask RunCommandAsync(string tag, ImapCommand command)
    {
        Complete();
        CurrentTag = tag;
        try
        {
            if (command.ChangesMailboxes) RequireWrite();
            await command.RunAsync(this, cancel);
            await SyncAsync(command.AllowsExpunge, cancel);
        }
        catch (Exception e) when (e is not (ImapEndedException or OperationCanceledException))
        {
            Refuse(tag, e);
            return;
        }
        badCommands = 0;
        if (CurrentTag is not null) WriteOk();
        await Writer.FlushIfFullAsync();
    }

    /// <summary>Writes the tagged OK before the command ends: what follows it must not wait (STARTTLS) or cannot be said after it (LOGOUT).</summary>
    public void CompleteNow(string text)
    {
        Complete(null, text);
        WriteOk();
        CurrentTag = null;
    }

    private void WriteOk()
    {
        Writer.Raw(CurrentTag);
        Writer.Raw(" OK "u8);
        if (completionCode is not null)
        {
            Writer.Raw("["u8);
            Writer.Raw(completionCode);
            Writer.Raw("] "u8);
        }
        Writer.Raw(completionText);
        Writer.EndLine();
    }

    private void Refuse(string tag, Exception error)
    {
        if (ErrorReplies.IsOurFault(error)) LogCommandFailed(error, tag, Connection.Id);
        else LogRefused(tag, error.Message, Connection.Id);
        Writer.Raw(tag);
        Writer.Space();
        Writer.Raw(ErrorReplies.Reply(error));
        Writer.EndLine();
        if (error is ImapSyntaxException && ++badCommands >= Options.MaxBadCommands)
            throw Bye(EndReason.TooManyErrors, "too many bad commands");
    }

    // The output of a connection is another one after STARTTLS.
    private ImapWriter NewWriter() => new(Connection.Output, Connection.FlushAsync) { Utf8 = Utf8 };

    [LoggerMessage(LogLevel.Error, "IMAP command {Tag} of {Connection} failed")]
    private partial void LogCommandFailed(Exception e, string tag, string connection);

    [LoggerMessage(LogLevel.Debug, "IMAP command {Tag} of {Connection} was refused: {Reason}")]
    private partial void LogRefused(string tag, string reason, string connection);
}
