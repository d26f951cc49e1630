using Facteur.Storage;

namespace Facteur.Accounts;

public enum RecipientKind
{
    /// <summary>Delivered to <see cref="RecipientResolution.Account"/>.</summary>
    Local,
    /// <summary>A domain of ours, and no such address.</summary>
    UnknownUser,
    /// <summary>A domain of ours that is switched off, or a disabled account: temporary.</summary>
    Unavailable,
    /// <summary>Not a domain of ours.</summary>
    Foreign,
}

/// <param name="Detail">Sub-address after "+" (RFC 5233), or null.</param>
public readonly record struct RecipientResolution(RecipientKind Kind, AccountRecord? Account, string? Detail);

/// <summary>Says where an envelope recipient leads: exact address first, then without its "+detail". Domains in any case, U- or A-labels.</summary>
public sealed class RecipientDirectory(DirectoryStore directory)
{
    private readonly DirectoryStore directory = directory;

    /// <param name="localPart">Unquoted local part.</param>
    /// <param name="domain">Domain; an address literal is never ours.</param>
    public ValueTask<RecipientResolution> ResolveAsync(string localPart, string domain, CancellationToken cancel) => throw new NotSupportedException(directory.ToString());

    /// <summary>True when <paramref name="account"/> may send as this address (S-20): one of its addresses or a sub-address of one.</summary>
    public ValueTask<bool> MaySendAsAsync(AccountId account, string address, CancellationToken cancel) => throw new NotSupportedException(directory.ToString());
}
