namespace Facteur.Sieve;

/// <summary>Where an included script lies (RFC 6609 §3.2).</summary>
public enum SieveScriptLocation : byte { Personal, Global }

/// <summary>A mailbox a script may file into.</summary>
/// <param name="Id">MAILBOXID (RFC 8474 §4).</param>
/// <param name="SpecialUses">Attributes with their backslash, "\Sent" (RFC 6154 §2).</param>
public sealed record SieveMailbox(string Name, string Id, IReadOnlyList<string> SpecialUses);

/// <summary>An id that "duplicate" looks for and remembers (RFC 7352 §3).</summary>
/// <param name="Handle">Keeps unrelated tests apart; null is a handle of its own.</param>
/// <param name="For">How long it is remembered.</param>
/// <param name="FromLast">Counted from the last time it was seen instead of the first.</param>
public sealed record SieveDuplicate(string? Handle, string UniqueId, TimeSpan For, bool FromLast);

/// <summary>What a script asks of the one it runs for. Each answer here is that of an account with nothing in it; who has more overrides.</summary>
/// <remarks>An exception out of these is a failure of ours, not of the script: it ends the run and is not reported as an error of the script.</remarks>
public abstract class SieveHost
{
    /// <summary>The mailbox of that name the account may deliver to, or null (RFC 5490 §3.1).</summary>
    public virtual ValueTask<SieveMailbox?> FindMailboxAsync(string name, CancellationToken cancel) => new((SieveMailbox?)null);

    /// <summary>The mailbox with that MAILBOXID the account may deliver to, or null (RFC 9042 §6).</summary>
    public virtual ValueTask<SieveMailbox?> FindMailboxByIdAsync(string id, CancellationToken cancel) => new((SieveMailbox?)null);

    /// <summary>The account's own mailboxes with that special use, always in the same order (RFC 8579 §4).</summary>
    public virtual ValueTask<IReadOnlyList<SieveMailbox>> FindSpecialUseAsync(string attribute, CancellationToken cancel) => new((IReadOnlyList<SieveMailbox>)[]);

    /// <summary>A script to include, compiled or with its errors; null when there is none of that name (RFC 6609 §3.2).</summary>
    public virtual ValueTask<SieveCompilation?> LoadScriptAsync(SieveScriptLocation location, string name, CancellationToken cancel) => new((SieveCompilation?)null);

    /// <summary>True when a list of that name can be asked (RFC 6134 §2.7).</summary>
    /// <param name="list">An absolute URI; address books as "urn:ietf:params:sieve:addrbook:…", "default" in lower case.</param>
    public virtual ValueTask<bool> HasListAsync(string list, CancellationToken cancel) => new(false);

    /// <summary>The member of a list that <paramref name="value"/> is, as the list writes it; null when it is none (RFC 6134 §2.2).</summary>
    public virtual ValueTask<string?> FindInListAsync(string list, string value, CancellationToken cancel) => new((string?)null);

    /// <summary>The addresses of a list, at most <paramref name="max"/>; null when it cannot be enumerated (RFC 6134 §2.3).</summary>
    public virtual ValueTask<IReadOnlyList<string>?> ReadListAsync(string list, int max, CancellationToken cancel) => new((IReadOnlyList<string>?)null);

    /// <summary>True when an earlier run remembered that id and it has not expired (RFC 7352 §3).</summary>
    public virtual ValueTask<bool> WasSeenAsync(string? handle, string uniqueId, CancellationToken cancel) => new(false);
}

/// <summary>A host with nothing: for checks of scripts that need no account.</summary>
public sealed class EmptySieveHost : SieveHost
{
    public static readonly EmptySieveHost Instance = new();

    private EmptySieveHost() { }
}
