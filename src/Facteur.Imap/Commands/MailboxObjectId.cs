using System.Globalization;
using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>MAILBOXID (RFC 8474 §4): stays through RENAME, and no two mailboxes ever share one.</summary>
internal static class MailboxObjectId
{
    /// <summary>The identifier; its letter tells mailboxes from emails and threads.</summary>
    public static string Of(MailboxId mailbox) => string.Create(CultureInfo.InvariantCulture, $"F{mailbox.Value}");

    /// <summary>The response code of CREATE, SELECT and EXAMINE, without brackets.</summary>
    public static string Code(MailboxId mailbox) => $"MAILBOXID ({Of(mailbox)})";
}
