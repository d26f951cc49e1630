using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>What happened to an email of an account, row by row.</summary>
internal enum AccountEventKind : byte
{
    /// <summary>An entry is new, or has other flags.</summary>
    Placed,
    /// <summary>An entry is gone.</summary>
    Taken,
    /// <summary>The email changed.</summary>
    Touched,
    /// <summary>The email has no entry any more.</summary>
    Gone,
    /// <summary>The email has an entry without \Deleted again.</summary>
    Shown,
    /// <summary>The email came back after having been put off; the second since 1970 stands in place of a UID.</summary>
    Returned,
    /// <summary>A mailbox is being deleted: its entries are not seen any more.</summary>
    Retired,
}

/// <param name="Mailbox">Nothing for <see cref="AccountEventKind.Touched"/>, <see cref="AccountEventKind.Shown"/>, <see cref="AccountEventKind.Returned"/> and <see cref="AccountEventKind.Gone"/>.</param>
internal readonly record struct AccountEvent(AccountEventKind Kind, EmailId Email, MailboxId Mailbox, ModSeq ModSeq, Uid Uid, MessageFlags Flags);

/// <summary>Written by the verbs of a batch beside the rows, for an account that is looked at: whoever looks need not read the rows again.</summary>
internal sealed class AccountLog
{
    public List<AccountEvent> Events { get; } = [];

    /// <summary>Emails that are new, without their places.</summary>
    public List<EmailRow> Created { get; } = [];

    public void Add(AccountEventKind kind, EmailId email, MailboxId mailbox, ModSeq modSeq, Uid uid = default, MessageFlags flags = default) =>
        Events.Add(new AccountEvent(kind, email, mailbox, modSeq, uid, flags));
}

/// <summary>A mailbox after a commit.</summary>
/// <param name="Mailbox">Null when it is gone.</param>
/// <param name="Keywords">Null when they are as they were.</param>
internal readonly record struct MailboxChanged(MailboxId Id, Mailbox? Mailbox, KeywordTable? Keywords);

/// <summary>What one commit did to an account.</summary>
/// <param name="ModSeq">The account's after it.</param>
/// <param name="Log">Null when nobody looked at its beginning: what happened is not known.</param>
internal sealed record AccountCommit(ModSeq ModSeq, AccountLog? Log, IReadOnlyList<MailboxChanged> Mailboxes)
{
    public int Size => 1 + Mailboxes.Count + (Log?.Events.Count ?? 0);
}
