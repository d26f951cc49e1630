namespace Facteur.Storage.Contacts;

/// <summary>
/// The address book of each account: cards as RFC 9553 has them, which are checked by who gives them, and beside each what lists show and are searched in.
/// Cards are an account's own: every verb names the account, and finds none of another. They go with it.
/// </summary>
public abstract class ContactStore
{
    /// <summary>Octets of one card in UTF-8: text. Photos have no place in it.</summary>
    public const int MaxCardOctets = 64 * 1024;

    public const int MaxCards = 25_000;

    /// <summary>Of all cards of an account, beside its quota, which they do not count for: what a question that reads them all may cost.</summary>
    public const long MaxOctets = 64 * 1024 * 1024;

    public const int MaxUidLength = 255;

    /// <summary>Cards that one call of <see cref="AddAsync"/> takes: other writes come between.</summary>
    public const int MaxBatch = 500;

    /// <summary>The state of an account's cards; it moves with each change of one.</summary>
    public abstract ValueTask<ModSeq> StateAsync(AccountId account, CancellationToken cancel);

    public abstract ValueTask<int> CountAsync(AccountId account, CancellationToken cancel);

    public abstract ValueTask<ContactRecord?> FindAsync(AccountId account, ContactId id, CancellationToken cancel);

    public abstract ValueTask<ContactRecord?> FindAsync(AccountId account, string uid, CancellationToken cancel);

    /// <summary>By id, those after <paramref name="after"/>.</summary>
    public abstract ValueTask<IReadOnlyList<ContactRecord>> ListAsync(AccountId account, ContactId after, int max, CancellationToken cancel);

    /// <summary>Part of a list by name, without the cards.</summary>
    public abstract ValueTask<ContactPage> PageAsync(AccountId account, ContactListing listing, CancellationToken cancel);

    /// <summary>
    /// Adds cards, all in one commit; one whose uid the account has already is passed over. Refused with TooManyContacts (nothing is added then), ContactTooLarge
    /// and NoSuchAccount.
    /// </summary>
    /// <returns>One for each draft, in order.</returns>
    public abstract ValueTask<IReadOnlyList<ContactAdded>> AddAsync(AccountId account, IReadOnlyList<ContactDraft> drafts, CancellationToken cancel);

    /// <summary>
    /// Puts another card in the place of one; nothing is written when it is the same. Refused with StateMismatch when the card is not as it was at
    /// <paramref name="unchangedSince"/>, AlreadyExists when another has the uid, TooManyContacts and ContactTooLarge.
    /// </summary>
    /// <returns>False when it is gone.</returns>
    public abstract ValueTask<bool> ReplaceAsync(AccountId account, ContactId id, ModSeq? unchangedSince, ContactDraft draft, CancellationToken cancel);

    /// <returns>How many there were.</returns>
    public abstract ValueTask<int> RemoveAsync(AccountId account, IReadOnlyList<ContactId> ids, CancellationToken cancel);

    /// <summary>What changed after <paramref name="since"/>; null when that is not known any more, or lies in the future.</summary>
    public abstract ValueTask<ContactChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel);
}
