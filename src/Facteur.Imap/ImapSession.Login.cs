using Facteur.Accounts;
using Facteur.Net;
using Microsoft.Extensions.Logging;

namespace Facteur.Imap;

/// <summary>What commands change of the session's state.</summary>
internal sealed partial class ImapSession
{
    private int failedLogins;

    /// <summary>Counts a wrong password; true when it was the last one this connection may try.</summary>
    public bool CountFailedLogin() => ++failedLogins >= Options.MaxFailedLogins;

    /// <summary>Answers the running command with a refusal, at once.</summary>
    public void Refuse(Exception why)
    {
        Refuse(CurrentTag!, why);
        CurrentTag = null;
    }

    /// <summary>Does the handshake; the answer to STARTTLS was written.</summary>
    public async ValueTask StartTlsAsync(CancellationToken cancel)
    {
        if (await Connection.StartTlsAsync(cancel) is { } failed) throw new ImapEndedException(failed);
        Writer = NewWriter();
    }

    /// <summary>
    /// Where the listener wants it: who shows a certificate that is bound to an account is that account from the greeting on (PREAUTH,
    /// RFC 9051 §7.1.4; only on listeners with TLS from the start). Who may not in is greeted as everybody, and told why at a login.
    /// </summary>
    private async ValueTask<bool> LogInByCertificateAsync()
    {
        if (!Connection.LogsInByCertificate || Connection.ClientCertificateHash is null) return false;
        if ((await Logins.LoginByCertificateAsync(Client, "", cancel)).Account is not { } known) return false;
        LogIn(known);
        return true;
    }

    /// <summary>Leaves the selected mailbox, if there is one.</summary>
    /// <param name="isTold">"* OK [CLOSED]": what follows is about another mailbox (RFC 9051 §7.1, RFC 7162 §3.2.11).</param>
    public void LeaveSelected(bool isTold)
    {
        if (Selected is null) return;
        Select(null);
        if (isTold) Writer.Raw("* OK [CLOSED] the mailbox is left\r\n"u8);
    }

    /// <summary>The client, as logins see it.</summary>
    public LoginClient Client => new(MailProtocol.Imap, Connection.Remote.Address)
    {
        IsEncrypted = Connection.IsEncrypted, CertificateHash = Connection.ClientCertificateHash, ServerEndPoint = Connection.ServerEndPoint, Program = program,
    };

    /// <summary>The client named itself (ID).</summary>
    public void ClientIs(string name)
    {
        program = name.Length <= MaxProgram ? name : name[..MaxProgram];
        if (account is not null) Logins.NoteProgram(account, program);
        LogClient(Connection.Id, name);
    }

    [LoggerMessage(LogLevel.Debug, "IMAP client of {Connection} is {Client}")]
    private partial void LogClient(string connection, string client);
}
