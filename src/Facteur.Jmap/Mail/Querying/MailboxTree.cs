using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailboxes of an account by what stands above them.</summary>
internal sealed class MailboxTree
{
    private readonly AccountSnapshot snapshot;
    private readonly Dictionary<string, MailboxId> byName;

    public MailboxTree(AccountSnapshot snapshot)
    {
        this.snapshot = snapshot;
        byName = snapshot.Mailboxes.ToDictionary(one => one.Mailbox.Name, one => one.Id, StringComparer.Ordinal);
    }

    public IReadOnlyList<AccountMailbox> All => snapshot.Mailboxes;

    public static string NameOf(AccountMailbox mailbox) => MailboxView.NameOf(mailbox.Mailbox);

    public static string? RoleOf(AccountMailbox mailbox) => MailboxView.NameOf(mailbox.Mailbox.Role);

    /// <summary>Null at the top.</summary>
    public MailboxId? ParentOf(AccountMailbox mailbox) =>
        MailboxName.Parent(mailbox.Mailbox.Name) is { } parent && byName.TryGetValue(parent, out var id) ? id : null;

    public AccountMailbox? Above(AccountMailbox mailbox) => ParentOf(mailbox) is { } parent ? snapshot.FindMailbox(parent) : null;
}
