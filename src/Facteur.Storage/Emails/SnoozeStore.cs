namespace Facteur.Storage.Emails;

/// <summary>An email out of sight until a time: then it is back in the inbox, unread when asked.</summary>
public sealed record SnoozeRecord(AccountId Account, EmailId Email, DateTimeOffset Until, bool MarkUnread);

/// <summary>
/// Emails that come back at a time. An email has one at most. It is set with <see cref="EmailUpdate.Snooze"/>, which moves the email to the mailbox with
/// <see cref="MailboxRole.Snoozed"/>, and ends when the email comes back or leaves that mailbox, whoever moves it: the commit that does the one does the other.
/// </summary>
public abstract class SnoozeStore
{
    /// <summary>Raised after a commit that set one: the next may be due earlier than it was.</summary>
    public event Action? Changed;

    /// <param name="emails">Of the account; others are not found.</param>
    public abstract ValueTask<IReadOnlyDictionary<EmailId, SnoozeRecord>> FindAsync(AccountId account, IReadOnlyCollection<EmailId> emails, CancellationToken cancel);

    /// <summary>Those whose time has come, the earliest first.</summary>
    public abstract ValueTask<IReadOnlyList<SnoozeRecord>> DueAsync(DateTimeOffset now, int max, CancellationToken cancel);

    /// <summary>When the next falls due; null when there is none.</summary>
    public abstract ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel);

    protected void RaiseChanged() => Changed?.Invoke();
}
