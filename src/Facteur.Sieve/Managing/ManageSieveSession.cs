using System.Buffers;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Sieve.Managing.Commands;
using Facteur.Sieve.Managing.Wire;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Sieve.Managing;

/// <summary>States of a session (RFC 5804 §2).</summary>
[Flags]
internal enum ManageSieveStates { NonAuthenticated = 1, Authenticated = 2, Any = NonAuthenticated | Authenticated }

/// <summary>One conversation. Invariants: each command gets one answer, in order; answers are flushed when no further command is there to be read.</summary>
internal sealed partial class ManageSieveSession : IDisposable
{
    /// <summary>Octets of a command besides its script: name, string heads, CRLF.</summary>
    private const int CommandRoom = 8 * 1024;

    private const string AccountChanged = "your account has changed; log in again";

    private readonly MailConnection connection;
    private readonly ManageSieveServices services;
    private readonly ManageSieveOptions options;
    private readonly ManageSieveReceiver receiver;
    private readonly ILogger logger;
    private IDisposable? watch;
    private Account? account;
    private EndReason? end;
    private int badCommands;
    private int failedLogins;

    public ManageSieveSession(MailConnection connection, ManageSieveServices services)
    {
        (this.connection, this.services) = (connection, services);
        (options, logger) = (services.Options, services.Logger);
        receiver = new ManageSieveReceiver(options.MaxLineOctets, options.MaxLineOctets);
        Writer = new ManageSieveWriter(connection);
    }

    public MailConnection Connection => connection;
    public ManageSieveWriter Writer { get; }
    public LoginService Logins => services.Logins;
    public SieveScripts Scripts => services.Scripts;
    public ManageSieveStates State => account is null ? ManageSieveStates.NonAuthenticated : ManageSieveStates.Authenticated;

    /// <summary>Who is logged in; there is one in the authenticated state.</summary>
    public Account Account => account!;

    /// <summary>Whose scripts these are.</summary>
    public SettingScope Owner => SettingScope.Of(account!.Id);

    /// <summary>The client, as logins see it.</summary>
    public LoginClient Client => new(MailProtocol.ManageSieve, connection.Remote.Address)
    {
        IsEncrypted = connection.IsEncrypted, CertificateHash = connection.ClientCertificateHash, ServerEndPoint = connection.ServerEndPoint,
    };

    /// <summary>Whether a password may be sent on this connection as it stands.</summary>
    public bool MayLogIn => connection.IsEncrypted || (options.PlaintextOnLoopback && System.Net.IPAddress.IsLoopback(connection.Remote.Address));

    public async Task<EndReason> RunAsync(CancellationToken cancel)
    {
        Capability.Write(this);
        Writer.Ok("Facteur ManageSieve ready");
        while (end is null && await ReadCommandAsync() is { } command) await ExecuteAsync(command, cancel);
        await connection.FlushAsync();
        return end ?? EndReason.ServerFault;
    }

    /// <summary>The session ends after the answer to this command.</summary>
    public void End(EndReason reason) => end ??= reason;

    /// <summary>The client's answer to a challenge: a string on a line of its own; null when the session is over.</summary>
    public async ValueTask<byte[]?> ReadAnswerAsync()
    {
        if (await ReadCommandAsync() is not { } line) return null;
        var reader = new ManageSieveReader(line);
        var answer = reader.String("the answer");
        reader.End();
        return answer;
    }

    /// <summary>Takes the verdict on a login.</summary>
    public void CompleteLogin(LoginResult result)
    {
        if (result.Account is not { } known) throw Refuse(result);
        watch = Logins.Watch(known, () => connection.End(EndReason.AccountChanged));
        account = known;
        receiver.MaxCommandOctets = Scripts.Limits.MaxScriptOctets + CommandRoom;
        connection.SetAuthenticated();
    }

    /// <summary>Back to the state before login (RFC 5804 §2.14.1).</summary>
    public void LogOut()
    {
        watch?.Dispose();
        (watch, account) = (null, null);
        receiver.MaxCommandOctets = options.MaxLineOctets;
    }

    /// <summary>A member of a shared account may be one who only reads.</summary>
    public void RequireWrite()
    {
        if (!Account.MayWrite) throw new ManageSieveRefusedException(null, "you may read what is in this account, not change it");
    }

    public void Dispose() => watch?.Dispose();

    private ManageSieveRefusedException Refuse(LoginResult result)
    {
        var isTemporary = result.Refusal is LoginRefusal.Busy or LoginRefusal.Temporary;
        if (!isTemporary && ++failedLogins >= options.MaxFailedLogins)
        {
            Writer.Bye(null, result.Sentence);
            End(EndReason.TooManyErrors);
        }
        return new ManageSieveRefusedException(isTemporary ? "TRYLATER" : null, result.Sentence);
    }

    private async ValueTask ExecuteAsync(byte[] command, CancellationToken cancel)
    {
        try
        {
            await ManageSieveCommandTable.Parse(command, State).RunAsync(this, cancel);
            badCommands = 0;
        }
        catch (ManageSieveSyntaxException e)
        {
            if (++badCommands < options.MaxBadCommands) Writer.No(null, e.Message);
            else
            {
                Writer.Bye(null, "too many commands that make no sense");
                End(EndReason.TooManyErrors);
            }
        }
        catch (ManageSieveRefusedException e)
        {
            if (end is null) Writer.No(e.Code, e.Message);
        }
        catch (ScriptRefusedException e)
        {
            Writer.No(ScriptRefusals.CodeOf(e.Reason), ScriptRefusals.TextOf(e));
        }
        catch (OperationCanceledException)
        {
            End(connection.Ending ?? EndReason.ClientClosed);
        }
        catch (Exception e)
        {
            LogCommandFailed(e, connection.Id, account?.Address ?? "");
            Writer.No("TRYLATER", "the server could not do this; its log says why");
        }
        if (connection.Lost is { } lost) End(lost);
    }

    /// <summary>Reads a command, flushing answers when there is none yet. Null: <see cref="end"/> says why.</summary>
    private async ValueTask<byte[]?> ReadCommandAsync()
    {
        while (end is null)
        {
            // An account that changed is out at once; a server that drains still does what was sent before.
            if (connection.Ending == EndReason.AccountChanged) return Leave(EndReason.AccountChanged, AccountChanged);
            var status = receiver.Receive(connection.Buffer);
            if (status == ReceiveStatus.Complete) return Take();
            if (status == ReceiveStatus.TooLong) return Leave(EndReason.ProtocolViolation, "a line or a command is longer than it may be");
            if (status == ReceiveStatus.LiteralTooLong)
            {
                if (!await SkipAsync()) return null;
                continue;
            }
            if (!connection.Buffer.IsEmpty) connection.Advance(connection.Buffer.Start, connection.Buffer.End);
            if (!await MoreAsync()) return null;
        }
        return null;
    }

    private byte[] Take()
    {
        var input = connection.Buffer;
        var command = input.Slice(0, receiver.Length).ToArray();
        var position = input.GetPosition(receiver.Length);
        connection.Advance(position, position);
        receiver.Reset();
        return command;
    }

    /// <summary>Waits for octets; false when the session is over.</summary>
    private async ValueTask<bool> MoreAsync()
    {
        if (!await connection.FlushAsync())
        {
            End(connection.Lost ?? EndReason.ClientClosed);
            return false;
        }
        switch (await connection.ReadAsync(options.IdleTimeout))
        {
            case ReadOutcome.Data or ReadOutcome.Woken:
                return true;
            case ReadOutcome.TimedOut:
                Leave(EndReason.Timeout, "you said nothing for too long");
                return false;
            case ReadOutcome.OverBudget:
                Leave(EndReason.PreLoginBudget, "log in sooner");
                return false;
            case ReadOutcome.Ended:
                if (connection.Ending == EndReason.AccountChanged) Leave(EndReason.AccountChanged, AccountChanged);
                else Leave(connection.Ending ?? EndReason.Draining, "the server stops; connect again in a minute");
                return false;
            default:
                End(EndReason.ClientClosed);
                return false;
        }
    }

    private byte[]? Leave(EndReason reason, string why)
    {
        Writer.Bye(reason is EndReason.Draining ? "TRYLATER" : null, why);
        End(reason);
        return null;
    }

    /// <summary>A script longer than any may be: refused, and read past up to the end of its command.</summary>
    private async ValueTask<bool> SkipAsync()
    {
        var left = (long)receiver.Literal;
        if (account is null || left > options.MaxSkippedOctets)
        {
            Leave(EndReason.ProtocolViolation, $"a script has at most {Scripts.Limits.MaxScriptOctets} octets");
            return false;
        }
        var head = connection.Buffer.GetPosition(receiver.Length);
        connection.Advance(head, head);
        receiver.Reset();
        while (left > 0)
        {
            if (connection.Buffer.IsEmpty && !await MoreAsync()) return false;
            var taken = Math.Min(left, connection.Buffer.Length);
            var position = connection.Buffer.GetPosition(taken);
            connection.Advance(position, position);
            left -= taken;
        }
        // What stands behind it belongs to the same command.
        if (await ReadCommandAsync() is null) return false;
        Writer.No("QUOTA/MAXSIZE", $"a script has at most {Scripts.Limits.MaxScriptOctets} octets");
        return true;
    }

    [LoggerMessage(LogLevel.Error, "ManageSieve command of {Account} failed on connection {Connection}", EventName = "CommandFailed")]
    private partial void LogCommandFailed(Exception e, string connection, string account);
}
