using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>English.</summary>
internal sealed class EnglishWords : ReportWords
{
    private static readonly string[] months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public override string Tag => "en";
    public override string SenderName => "Mail Delivery System";
    public override string Away => "I am away and may read your message only later.";
    public override string Why => "Why: ";
    public override string Next => "What you can do: ";
    protected override string First => "1";
    protected override string Month(int month) => months[month - 1];
    protected override string Dated(string day, string month, string year, string time, string zone) => $"{day} {month} {year} at {time} ({zone})";

    public override string Subject(QueueReport kind, string original)
    {
        var (with, alone) = kind switch
        {
            QueueReport.Failure => ("Not delivered: ", "Your message was not delivered"),
            QueueReport.Delay => ("Not delivered yet: ", "Your message is not delivered yet"),
            QueueReport.Success => ("Delivered: ", "Your message was delivered"),
            QueueReport.Relayed => ("Passed on: ", "Your message was passed on"),
            QueueReport.Expanded => ("Delivered to the list: ", "Your message was delivered to the list"),
            _ => ("What became of: ", "What became of your message"),
        };
        return original.Length == 0 ? alone : with + original;
    }

    public override string ReplySubject(string original) => original.Length == 0 ? "Automatic reply" : $"Automatic reply: {original}";

    public override string Greeting(string host) => $"This is the mail server {host}.";

    public override string Intro(QueueReport kind, string subject, string date, int recipients)
    {
        var message = subject.Length == 0 ? $"Your message of {date}" : $"Your message “{subject}” of {date}";
        var to = recipients == 1 ? "this address" : $"these {Number(recipients)} addresses";
        return kind switch
        {
            QueueReport.Failure => $"{message} could not be delivered to {to}:",
            QueueReport.Delay => $"{message} has not reached {to} yet:",
            QueueReport.Success => $"{message} was delivered to the mailbox of {to}:",
            QueueReport.Relayed => $"{message} was taken by the mail server of {to}, which sends no word of its own when it delivers:",
            _ => $"{message} was delivered to {to}, which pass it on to several people:",
        };
    }

    public override string Answered(string host) => host.Length == 0 ? "What happened: " : $"The server {host} answered: ";
    public override string GaveUp(int attempts) => attempts > 1 ? $"After {Number(attempts)} attempts this server gave up. " : "This server gave up. ";

    public override string KeepsTrying(string? until) =>
        (until is null ? "This server keeps trying." : $"This server keeps trying until {until}.") + " You need not send the message again; you will be told if it fails.";

    public override string More(int recipients) =>
        recipients == 1 ? "… and 1 more address, named in the attached status." : $"… and {Number(recipients)} more addresses, named in the attached status.";

    public override string Footer(string transaction, bool returnsMessage, bool returnsHeader) =>
        "Technical details are attached"
        + (returnsMessage ? ", with the message itself." : returnsHeader ? ", with the header of the message." : ".")
        + (transaction.Length == 0 ? "" : $" An administrator finds this delivery under the reference {transaction}.");

    public override (string Why, string Next) Cause(FailureCause cause) => cause switch
    {
        FailureCause.UnknownAddress => ("There is no such address at this domain.", "Check the spelling, or ask the person for the address in another way."),
        FailureCause.UnknownDomain => ("The domain after the “@” does not exist, or no way leads to its mail server.", "Check the spelling of what follows the “@”."),
        FailureCause.NoMailDomain => ("The domain after the “@” takes no e-mail at all.", "Check the spelling of what follows the “@”, or reach the person in another way."),
        FailureCause.BadAddress => ("The other server does not see an address in what was written.", "Check the spelling; look for a stray space, comma or quotation mark."),
        FailureCause.Ambiguous => ("The address fits several mailboxes there.", "Ask the person for the exact address."),
        FailureCause.Moved => ("The person is no longer at this address.", "Ask the person for the new address."),
        FailureCause.SenderAddress => ("The other server does not accept the address you sent from.", "Show this message to your administrator: your address or its domain may be set up wrongly."),
        FailureCause.MailboxDisabled => ("The mailbox exists, but takes no mail at present.", "Reach the person in another way, or try again in a few days."),
        FailureCause.MailboxFull => ("The mailbox is full.", "Tell the person in another way, and send the message again once there is room."),
        FailureCause.TooLarge => ("The message is larger than the other server accepts.", "Send it without its attachments, or share them as a link."),
        FailureCause.TooManyRecipients => ("The message has more recipients than the other server accepts at once.", "Send it to fewer people at a time."),
        FailureCause.List => ("The address is a list that could not be resolved.", "Write to the owner of the list."),
        FailureCause.ListForbidden => ("Only certain people may write to this list.", "Ask the owner of the list to let you write, and check from which address you did."),
        FailureCause.RemoteTrouble => ("The mail server of the recipient has a fault or no room.", "Nothing is wrong with your message. Send it again later, or reach the person in another way."),
        FailureCause.NoAnswer => ("The mail server of the recipient cannot be reached.", "Check the spelling of what follows the “@”. If it is right, send the message again later."),
        FailureCause.NoName => ("The name servers of the recipient's domain do not answer.", "Check the spelling of what follows the “@”. If it is right, send the message again later."),
        FailureCause.Loop => ("The message went in circles: the address forwards to itself.", "Tell the person in another way; a forwarding there is set up wrongly."),
        FailureCause.Expired => ("The time allowed for its delivery is over.", "Send the message again later, or reach the person in another way."),
        FailureCause.Protocol => ("The two mail servers did not understand each other.", "Show this message to your administrator."),
        FailureCause.Content => ("The other server does not accept what the message contains, or its form.", "Send it as plain text, or without its attachments."),
        FailureCause.International => ("The other server does not handle addresses or headers with accents and other letters beyond ASCII.", "Use an address without such letters, if the person has one."),
        FailureCause.Policy => ("The rules of the other server refuse the message.", "Its answer above may say which rule. Reach the person in another way, or show this message to your administrator."),
        FailureCause.Encryption => ("The message may only travel encrypted, and no connection that is safe enough could be made to the other server.", "Try again later, or reach the person in another way; the administrator of the other server can cure it."),
        FailureCause.Authenticity => ("The other server could not verify that the message really comes from your domain.", "Nothing is wrong with your message. Show this to your administrator, who can check the domain's SPF, DKIM and DMARC records."),
        FailureCause.Reputation => ("The other server distrusts the server that sent your message.", "Nothing is wrong with your message. Show this to your administrator."),
        FailureCause.OurAccess => ("The other server asks this one to sign in, and that failed.", "Nothing is wrong with your message. Show this to your administrator."),
        FailureCause.PutOff => ("The other server asks to try again later.", "Nothing is wrong with your message; this is common when two servers meet for the first time."),
        FailureCause.Suppressed => ("This server no longer sends to this address.", "The line above says since when and why. If the address is right, have it taken off the suppression list."),
        FailureCause.ByUs => ("This server ended the delivery.", "Show this message to your administrator if the line above does not explain it."),
        _ => ("The other server refuses the message.", "Its answer above may say why. Reach the person in another way, or show this message to your administrator."),
    };
}
