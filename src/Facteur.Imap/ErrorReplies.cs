using System.Globalization;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Imap;

/// <summary>What a client reads of an exception: decided here, once.</summary>
internal static class ErrorReplies
{
    /// <summary>"NO [CODE] text" or "BAD text", without tag and CRLF.</summary>
    public static string Reply(Exception e) => e switch
    {
        ImapSyntaxException => "BAD " + e.Message,
        ImapRefusedException { Code: { } code } => $"NO [{code}] {e.Message}",
        ImapRefusedException => "NO " + e.Message,
        StoreRefusedException refused => Refused(refused.Reason),
        StoreFullException => "NO [LIMIT] the server has no room left; try again later",
        StoreFailedException => "NO [UNAVAILABLE] the server cannot write now; try again later",
        DamagedMessageException or InvalidDataException => "NO [CORRUPTION] a message is damaged on the server",
        _ => "NO [SERVERBUG] the server failed; the fault is in its log",
    };

    /// <summary>The cause belongs in the log as our fault.</summary>
    public static bool IsOurFault(Exception e) =>
        e is not (ImapSyntaxException or ImapRefusedException or StoreRefusedException or StoreFullException);

    // Codes: RFC 5530 §3, OVERQUOTA also RFC 9208 §4.3.
    private static string Refused(StoreRefusal reason) => reason switch
    {
        StoreRefusal.NoSuchMailbox => "NO [NONEXISTENT] there is no such mailbox",
        StoreRefusal.NoSuchAccount => "NO [UNAVAILABLE] the account is gone",
        StoreRefusal.AlreadyExists => "NO [ALREADYEXISTS] a mailbox of that name exists",
        StoreRefusal.BadName => "NO [CANNOT] not a name a mailbox can have",
        StoreRefusal.NotPossible => "NO [CANNOT] this cannot be done with this mailbox",
        StoreRefusal.TooManyKeywords => "NO [LIMIT] the mailbox has as many keywords as it can",
        StoreRefusal.TooManyMailboxes => "NO [LIMIT] the account has as many mailboxes as it can",
        StoreRefusal.OverQuota => "NO [OVERQUOTA] the account is full; delete some messages first",
        StoreRefusal.AnnotationTooLarge => string.Create(CultureInfo.InvariantCulture, $"NO [METADATA MAXSIZE {AnnotationStore.MaxValueOctets}] the value is too long"), // RFC 5464 §4.3
        StoreRefusal.TooManyAnnotations => "NO [METADATA TOOMANY] there is no room for another annotation",
        StoreRefusal.InUse => "NO [INUSE] it is in use",
        _ => "NO [CANNOT] refused",
    };
}
