namespace Facteur.Storage.Crashes;

/// <summary>Work that goes on by itself after a restart, and that a message could end the process in. The numbers are stored.</summary>
public enum RiskyWork : byte
{
    /// <summary>A message of the queue goes out, or its time has come; the id is its <see cref="Queue.QueueId"/>, a part is a destination.</summary>
    Queue = 1,
    /// <summary>A report about a message of the queue is written; the id is that message's.</summary>
    Report = 2,
    /// <summary>The text of an email is folded for searches; the id is its <see cref="EmailId"/>.</summary>
    Index = 3,
    /// <summary>The script of a mailbox runs for an email.</summary>
    Script = 4,
}

/// <summary>A piece of work on one message.</summary>
/// <param name="Part">0 for the only piece; else what tells pieces apart (<see cref="PartOf"/>).</param>
public readonly record struct WorkItem(RiskyWork Kind, long Id, int Part)
{
    public WorkItem(RiskyWork kind, long id)
        : this(kind, id, 0)
    {
    }

    /// <summary>The number of a piece with a name; the same in every run of the program.</summary>
    public static int PartOf(string name)
    {
        // FNV-1a. Two names of one number count as one piece, which costs nothing but exactness.
        var hash = 2166136261u;
        foreach (var unit in name) hash = (hash ^ unit) * 16777619;
        return (int)hash;
    }
}

/// <summary>A message that work is no longer done on.</summary>
/// <param name="Account">Whose email it is; null for messages of the queue.</param>
public sealed record QuarantinedMessage(RiskyWork Kind, long Id, int Crashes, DateTimeOffset LastCrash, AccountId? Account);

/// <summary>
/// Remembers which messages the process was at work on when it ended without a stop (a crash, an overflow of the stack, no memory, a kill).
/// One that this happened to is a suspect and worked on while no other suspect is, so that the next crash names one of them at most;
/// after <see cref="Limit"/> crashes it is in quarantine and nobody works on it until somebody releases it. An exception is no crash.
/// Invariants: work on a message that is no suspect costs no commit and waits for nobody; nothing fails because the memory of it fails.
/// </summary>
public abstract class CrashStore
{
    /// <summary>Crashes after which a message is in quarantine. Three: a kill names bystanders once, and chance may name one of them twice.</summary>
    public const int Limit = 3;

    /// <summary>
    /// Begins to work on a message; for a suspect, waits for its turn, which it has until the work is disposed of or, so that one slow host
    /// does not keep the others waiting, for half a minute. A suspect that was marked and is disposed of, and not because
    /// <paramref name="cancel"/> broke the work off, came through: it is none any more.
    /// </summary>
    public abstract ValueTask<WorkTurn> TurnAsync(WorkItem item, CancellationToken cancel);

    /// <summary>No work is to be done on it.</summary>
    public abstract bool IsQuarantined(RiskyWork kind, long id);

    /// <summary>All that are in quarantine.</summary>
    /// <param name="onlyUntold">Only those that the administrator was not told of.</param>
    public abstract ValueTask<IReadOnlyList<QuarantinedMessage>> ListAsync(bool onlyUntold, CancellationToken cancel);

    /// <summary>The administrator was told.</summary>
    public abstract ValueTask SetToldAsync(RiskyWork kind, long id, CancellationToken cancel);

    /// <summary>Nothing is known against the message any more: it is worked on again. A release of a message of the queue does this by itself.</summary>
    /// <returns>False: nothing was.</returns>
    public abstract ValueTask<bool> ForgetAsync(RiskyWork kind, long id, CancellationToken cancel);
}

/// <summary>Work on one message, from its turn to its end.</summary>
public abstract class WorkTurn : IAsyncDisposable
{
    /// <summary>From here until the answer is disposed of, a crash counts against the message. Not around waits for others that have nothing to do with it, such as connecting.</summary>
    public abstract IDisposable Mark();

    public abstract ValueTask DisposeAsync();
}
