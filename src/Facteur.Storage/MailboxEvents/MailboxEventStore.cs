namespace Facteur.Storage.MailboxEvents;

public readonly record struct MailboxEventId(long Value);

/// <summary>What happened to messages of a mailbox (RFC 6785 §4.3).</summary>
public enum MailboxCause : byte { Append = 1, Copy = 2, Flag = 3 }

/// <summary>Messages of one mailbox that the same happened to by one command, as far as no script ran for them yet.</summary>
/// <param name="Person">Who did it.</param>
/// <param name="ChangedFlags">Names of the flags that changed, with the backslash of system flags; empty for other causes.</param>
/// <param name="Uids">Ascending; those that are gone meanwhile too.</param>
public sealed record MailboxEvent(
    MailboxEventId Id, AccountId Account, MailboxId Mailbox, MailboxCause Cause, AccountId Person, IReadOnlyList<string> ChangedFlags, IReadOnlyList<UidRange> Uids);

/// <summary>The script ran for the messages of an event up to <paramref name="Uid"/>: what it decided of that one, in the same commit.</summary>
public sealed record MailboxEventStep(MailboxEventId Event, Uid Uid)
{
    /// <summary>Flags and keywords to add and to remove.</summary>
    public FlagSet Add { get; init; } = FlagSet.Empty;
    public FlagSet Remove { get; init; } = FlagSet.Empty;

    /// <summary>The message itself changes.</summary>
    public bool HasFlags => Add.System != MessageFlags.None || Remove.System != MessageFlags.None || Add.Keywords.Count + Remove.Keywords.Count > 0;
}

/// <summary>
/// Events in mailboxes where a script is bound (<see cref="Annotations.AnnotationStore.ScriptName"/>). The commit that puts messages into a mailbox or changes their
/// flags, by a verb that says who asked for it, writes them; the commit of what the script decided takes them away, message by message: none is lost when the
/// server ends, and what a script decided is done once. What the server itself does is no event, so that scripts never set each other off (RFC 6785 §6).
/// </summary>
public abstract class MailboxEventStore
{
    /// <summary>Of one account; what happens while so many wait runs no script. Each is a command, of up to 1,000 messages.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>Raised after a commit that wrote some.</summary>
    public event Action? Added;

    /// <summary>The oldest event of each account, those of accounts that waited longest first.</summary>
    public abstract ValueTask<IReadOnlyList<MailboxEvent>> NextAsync(int max, CancellationToken cancel);

    /// <summary>A step that needs no more than its flags. Refused with StateMismatch when it was done already, or the event is gone.</summary>
    public abstract ValueTask FinishAsync(MailboxEventStep step, CancellationToken cancel);

    protected void RaiseAdded() => Added?.Invoke();
}
