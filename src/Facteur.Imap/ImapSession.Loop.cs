using Facteur.Accounts;
using Facteur.Net;
using Facteur.Storage;

namespace Facteur.Imap;

internal sealed partial class ImapSession
{
    public ImapSession(MailConnection connection, MailStore store, LoginService logins, ImapOptions options)
    {
        Connection = connection;
        Store = store;
        Logins = logins;
        Options = options;
        Time = connection.Time;
        Writer = NewWriter();
    }

    /// <summary>The selected mailbox was deleted by another session: nothing it holds has a meaning any more.</summary>
    public void MailboxIsGone()
    {
        Writer.Raw("* BYE the selected mailbox was deleted\r\n"u8);
        throw new ImapEndedException(EndReason.AccountChanged);
    }

    // The output of a connection is another one after STARTTLS.
    private ImapWriter NewWriter() => new(Connection.Output, Connection.FlushAsync) { Utf8 = Utf8 };
}
