namespace Facteur.Storage.Emails;

/// <summary>An email out of sight until a time: then it goes to <paramref name="MoveTo"/>, unread when asked.</summary>
public sealed record SnoozeRecord(AccountId Account, EmailId Email, DateTimeOffset Until, MailboxId? MoveTo, bool MarkUnread);

/// <summary>Emails that come back at a time. An email has one at most; it goes with the email.</summary>
public abstract class SnoozeStore
{
    /// <summary>Sets or replaces; the email counts as changed. NotPossible when the account has no such email.</summary>
    public abstract ValueTask SetAsync(SnoozeRecord snooze, CancellationToken cancel);

    /// <summary>False when there was none; else the email counts as changed.</summary>
    public abstract ValueTask<bool> RemoveAsync(AccountId account, EmailId email, CancellationToken cancel);

    public abstract ValueTask<IReadOnlyDictionary<EmailId, SnoozeRecord>> FindAsync(AccountId account, IReadOnlyCollection<EmailId> emails, CancellationToken cancel);

    /// <summary>Those whose time has come, the earliest first.</summary>
    public abstract ValueTask<IReadOnlyList<SnoozeRecord>> DueAsync(DateTimeOffset now, int max, CancellationToken cancel);

    /// <summary>When the next falls due; null when there is none.</summary>
    public abstract ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel);
}
