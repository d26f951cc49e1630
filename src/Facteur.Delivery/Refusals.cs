using Facteur.Smtp;

namespace Facteur.Delivery;

/// <summary>Why delivery says no, in the words the sender reads (codes: RFC 3463 §3).</summary>
internal static class Refusals
{
    public static readonly SmtpRefusal UnknownUser = new(550, "5.1.1", "no such user here");
    public static readonly SmtpRefusal Unavailable = new(450, "4.2.1", "mailbox is not available now; try again later");
    public static readonly SmtpRefusal OverQuota = new(452, "4.2.2", "mailbox is full; try again later");
    public static readonly SmtpRefusal NeverFits = new(552, "5.2.2", "message is larger than the mailbox may hold");
    public static readonly SmtpRefusal RelayDenied = new(550, "5.7.1", "relaying denied: not a domain of this server");
    public static readonly SmtpRefusal NotYourAddress = new(553, "5.7.1", "the sender address does not belong to your account");
    public static readonly SmtpRefusal NotYourFrom = new(550, "5.7.1", "the address in From does not belong to your account");
    public static readonly SmtpRefusal NotTheIdentity = new(550, "5.7.1", "the address in From is not that of the identity");
    public static readonly SmtpRefusal NoFrom = new(550, "5.6.0", "the message needs one From field with an address");
    public static readonly SmtpRefusal Loop = new(554, "5.4.6", "mail loop: too many Received fields");
    public static readonly SmtpRefusal StoreFull = new(452, "4.3.1", "no room for mail now; try again later");
    public static readonly SmtpRefusal StoreFailed = new(451, "4.3.0", "the mail store does not answer; try again later");
    public static readonly SmtpRefusal RecipientsChanged = new(451, "4.2.1", "a mailbox was removed meanwhile; try again");
}
