namespace Facteur.Storage.Annotations;

/// <summary>
/// Named values that people and programs attach to mailboxes, or to an account as a whole: the annotations of RFC 5464 §3. Names are in lower case, begin with
/// "/private/" or "/shared/", and are checked by who gives them. They follow a mailbox through renames and go with it.
/// </summary>
public abstract class AnnotationStore
{
    /// <summary>Octets of one value; RFC 5464 §4.1 asks for 1024 at least.</summary>
    public const int MaxValueOctets = 64 * 1024;

    public const int MaxNameOctets = 255;

    /// <summary>Shared ones of one place, and private ones of one person there; RFC 5464 §4.1 asks for 10 at least.</summary>
    public const int MaxEntries = 100;

    /// <summary>Of an account with all its mailboxes; beside its quota, which they do not count for.</summary>
    public const int MaxEntriesOfAccount = 10_000;

    public const long MaxOctetsOfAccount = 16 * 1024 * 1024;

    /// <summary>Names the script that runs at events of a mailbox (RFC 6785 §2.3.1).</summary>
    public const string ScriptName = "/shared/imapsieve/script";

    /// <summary>Raised after the commit and before who wrote has an answer, on the writer of the store: handlers are short and only note it.</summary>
    public event Action<AnnotationsChanged>? Changed;

    /// <summary>Those that match, by name. What is private of others is not seen.</summary>
    /// <param name="person">Who asks.</param>
    public abstract ValueTask<IReadOnlyList<Annotation>> ReadAsync(AnnotationPlace place, AccountId person, AnnotationQuery query, CancellationToken cancel);

    /// <summary>The mailboxes of an account that have a shared entry of this name, with its value; null in place of a mailbox is the account itself.</summary>
    public abstract ValueTask<IReadOnlyList<(MailboxId? Mailbox, ReadOnlyMemory<byte> Value)>> FindAsync(AccountId account, string name, CancellationToken cancel);

    /// <summary>All places of an account that have annotations, and whose they are: null in place of a person is what is shared.</summary>
    public abstract ValueTask<IReadOnlyList<(MailboxId? Mailbox, AccountId? Person)>> ListPlacesAsync(AccountId account, CancellationToken cancel);

    /// <summary>
    /// Sets and removes annotations of one place, all or none. Refused with AnnotationTooLarge, TooManyAnnotations, OverQuota (an account that is full takes no more
    /// of them), NoSuchMailbox, and NotPossible for a use that the mailbox cannot have.
    /// </summary>
    public abstract ValueTask WriteAsync(AnnotationWrite write, CancellationToken cancel);

    protected void RaiseChanged(AnnotationsChanged changed) => Changed?.Invoke(changed);
}

/// <summary>What annotations are attached to.</summary>
/// <param name="Mailbox">Of the account, also one that only stands above others; null is the account as a whole.</param>
public readonly record struct AnnotationPlace(AccountId Account, MailboxId? Mailbox);

/// <param name="Value">Null when it is longer than was asked for.</param>
public sealed record Annotation(string Name, int Octets, ReadOnlyMemory<byte>? Value);

/// <summary>How far below a name to look (RFC 5464 §4.2.2).</summary>
public enum AnnotationDepth : byte { Entry, Children, All }

/// <param name="Names">In lower case.</param>
/// <param name="MaxOctets">Of values to read; null: any.</param>
public sealed record AnnotationQuery(IReadOnlyList<string> Names, AnnotationDepth Depth = AnnotationDepth.Entry, long? MaxOctets = null)
{
    public bool Matches(string name)
    {
        foreach (var wanted in Names)
            if (Matches(wanted, name)) return true;
        return false;
    }

    /// <summary>Whether a name is the one wanted, or as far below it as is asked for.</summary>
    public bool Matches(string wanted, string name)
    {
        if (name == wanted) return true;
        if (Depth == AnnotationDepth.Entry || name.Length <= wanted.Length || name[wanted.Length] != '/' || !name.StartsWith(wanted, StringComparison.Ordinal)) return false;
        return Depth == AnnotationDepth.All || name.IndexOf('/', wanted.Length + 1) < 0;
    }
}

/// <param name="Value">Null removes it.</param>
public readonly record struct AnnotationChange(string Name, ReadOnlyMemory<byte>? Value);

/// <param name="Person">Who writes: private entries are this person's.</param>
/// <param name="Changes">The last of several of one name counts.</param>
public sealed record AnnotationWrite(AnnotationPlace Place, AccountId Person, IReadOnlyList<AnnotationChange> Changes)
{
    /// <summary>The use that the mailbox gets by the same commit; whichever had it has none then (RFC 6154 §4). None takes its use away; null: it stays.</summary>
    public MailboxRole? Role { get; init; }

    /// <summary>Who tells itself apart from others in <see cref="AnnotationsChanged"/>.</summary>
    public object? Origin { get; init; }
}

/// <summary>Annotations of one place were set or removed.</summary>
/// <param name="Names">In lower case.</param>
public sealed record AnnotationsChanged(AnnotationPlace Place, AccountId Person, IReadOnlyList<string> Names, object? Origin);
