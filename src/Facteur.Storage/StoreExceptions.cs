namespace Facteur.Storage;

/// <summary>The store understood and refuses; nothing was changed.</summary>
public class StoreRefusedException(StoreRefusal reason, string message) : Exception(message)
{
    public StoreRefusal Reason { get; } = reason;
}

/// <summary>Why a verb of the store was refused.</summary>
public enum StoreRefusal
{
    NoSuchMailbox,
    NoSuchAccount,
    AlreadyExists,
    /// <summary>Not a name this store takes: empty level, control character, longer than the limit.</summary>
    BadName,
    /// <summary>INBOX cannot be deleted; a mailbox cannot move below itself.</summary>
    NotPossible,
    /// <summary>The mailbox has its full number of keywords.</summary>
    TooManyKeywords,
    TooManyMailboxes,
    OverQuota,
    /// <summary>The domain still has accounts, the account still has an address that others use.</summary>
    InUse,
    /// <summary>The account is not at the state that the change was meant for.</summary>
    StateMismatch,
    /// <summary>An annotation is longer than one can be.</summary>
    AnnotationTooLarge,
    /// <summary>The mailbox, or the account, has as many annotations as it can.</summary>
    TooManyAnnotations,
    /// <summary>A card of an address book is longer than one can be.</summary>
    ContactTooLarge,
    /// <summary>The address book has as many cards as it can, or as long ones.</summary>
    TooManyContacts,
}

/// <summary>There is no room on the disk; try again later. Nothing was acknowledged, nothing is corrupt.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store failed and takes no more writes until it is opened again (a failed fsync is never tried again).</summary>
public sealed class StoreFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The bytes of one message do not match their checksum or cannot be read: this message is damaged, others are not concerned.</summary>
public sealed class DamagedMessageException(string message, Exception? inner = null) : Exception(message, inner);
