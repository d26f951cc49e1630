using Facteur.Mail;

namespace Facteur.Sieve;

/// <summary>Something a script decided on. Nothing is done yet: who runs the script does all of it, or none.</summary>
public abstract record SieveAction
{
    /// <summary>The command that asked for it; the start of the script for the implicit keep.</summary>
    public SievePosition At { get; init; }
}

/// <summary>Into the default mailbox (RFC 5228 §4.3).</summary>
/// <param name="Flags">System flags and keywords (RFC 5232).</param>
/// <param name="Edited">The message as the script changed it; null when it did not.</param>
/// <param name="IsImplicit">No command said so (RFC 5228 §2.10.2).</param>
public sealed record KeepAction(IReadOnlyList<string> Flags, IMessageSource? Edited, bool IsImplicit) : SieveAction;

/// <summary>Into a mailbox (RFC 5228 §4.1).</summary>
/// <param name="Target">Which one.</param>
/// <param name="Edited">The message as the script changed it; null when it did not.</param>
public sealed record FileIntoAction(SieveTarget Target, IReadOnlyList<string> Flags, IMessageSource? Edited) : SieveAction;

/// <summary>A mailbox to file into; :mailboxid and :specialuse are looked up already.</summary>
/// <param name="Mailbox">Its name.</param>
/// <param name="Id">Its MAILBOXID when it was found by id or by use; null when it is known by its name.</param>
/// <param name="MayCreate">It is to be created when it does not exist (RFC 5490 §3.2).</param>
/// <param name="SpecialUse">The use it gets when it is created (RFC 8579 §4.1).</param>
public sealed record SieveTarget(string Mailbox, string? Id, bool MayCreate, string? SpecialUse);

/// <summary>On to an address, as it is (RFC 5228 §4.2). The empty reverse-path stays empty; loops are for who sends to stop.</summary>
/// <param name="Edited">The message as the script changed its header or parts; enclosures do not count (RFC 5703 §6).</param>
public sealed record RedirectAction(MailAddress Address, IMessageSource? Edited) : SieveAction;

/// <summary>Nothing of the message stays, unless another action keeps it (RFC 5228 §4.4).</summary>
public sealed record DiscardAction : SieveAction;

/// <summary>Refused, with the original message (RFC 5429).</summary>
/// <param name="Reason">Lines for the sender.</param>
/// <param name="IsEreject">Prefers a refusal in SMTP to exact words (RFC 5429 §2.1).</param>
public sealed record RejectAction(string Reason, bool IsEreject) : SieveAction;

/// <summary>An automatic reply is asked for (RFC 5230). Whether it goes out, who sends decides: RFC 5230 §4.5, §4.6, RFC 3834.</summary>
/// <param name="Key">The reply for the count of days (RFC 5230 §4.2): the same for the same handle, or for the same words as they stand in the script.</param>
/// <param name="Interval">For how long the sender gets it once; zero is always (RFC 6131 §2).</param>
/// <param name="Subject">Given, or made from the message's (RFC 5230 §5.3).</param>
/// <param name="From">A mailbox-list, as the script gives it; null for the address the message came to.</param>
/// <param name="Addresses">More addresses of the owner.</param>
/// <param name="Reason">Text, or with <paramref name="IsMime"/> a MIME entity with its header.</param>
/// <param name="Fcc">Where a copy goes (RFC 8580).</param>
public sealed record VacationAction(
    string Key, TimeSpan Interval, string Subject, string? From, IReadOnlyList<string> Addresses, bool IsMime, string Reason, SieveFcc? Fcc) : SieveAction;

/// <summary>Where a copy of a message the script sends is filed (RFC 8580 §3).</summary>
public sealed record SieveFcc(SieveTarget Target, IReadOnlyList<string> Flags);

/// <summary>A notification by mail (RFC 5436).</summary>
/// <param name="Method">The URI as the script gives it.</param>
/// <param name="Recipients">Addresses of the URI, with those of its "to" and "cc".</param>
/// <param name="Cc">Those of them that are named in "cc".</param>
/// <param name="Subject">Of :message, else of the URI, else of the message (RFC 5436 §2.7).</param>
/// <param name="Body">Of the URI; null when it has none.</param>
/// <param name="Fields">Further header fields of the URI that are safe.</param>
/// <param name="From">Of :from; null for the address the message came to.</param>
/// <param name="Importance">1 high, 2 normal, 3 low.</param>
public sealed record NotifyAction(
    string Method, IReadOnlyList<MailAddress> Recipients, IReadOnlyList<MailAddress> Cc, string Subject, string? Body,
    IReadOnlyList<KeyValuePair<string, string>> Fields, string? From, int Importance, IReadOnlyList<string> Options, SieveFcc? Fcc) : SieveAction;
