using Facteur.Smtp;

namespace Facteur.Delivery.Recipients;

/// <summary>Why a recipient leads nowhere, in the words the sender reads (codes: RFC 3463 §3).</summary>
internal static class RouteRefusals
{
    public static readonly SmtpRefusal SwitchedOff = new(550, "5.2.1", "this address was switched off and takes no more mail");
    public static readonly SmtpRefusal Nowhere = new(550, "5.2.4", "this address leads to no mailbox; its administrator can cure that");
    public static readonly SmtpRefusal TooMany = new(550, "5.2.4", "this address leads to too many others; its administrator can cure that");
    public static readonly SmtpRefusal NoReturn = new(550, "5.1.1", "no such return address here, or it has expired");
    public static readonly SmtpRefusal ReportsOnly = new(550, "5.7.1", "this return address takes delivery reports only");
}
