namespace Facteur.Smtp.Wire;

/// <summary>Answers that need no words of the moment, encoded once.</summary>
internal static class Replies
{
    public static readonly SmtpReply Ok = SmtpReply.Of(250, "2.0.0", "OK");
    public static readonly SmtpReply Closing = SmtpReply.Of(221, "2.0.0", "goodbye");
    public static readonly SmtpReply SenderOk = SmtpReply.Of(250, "2.1.0", "sender OK");
    public static readonly SmtpReply RecipientOk = SmtpReply.Of(250, "2.1.5", "recipient OK");
    public static readonly SmtpReply ChunkOk = SmtpReply.Of(250, "2.0.0", "octets received");
    public static readonly SmtpReply StartData = SmtpReply.Of(354, "", "end data with <CR><LF>.<CR><LF>");
    public static readonly SmtpReply ReadyForTls = SmtpReply.Of(220, "2.0.0", "ready to start TLS");

    // RFC 5321 §4.2.4: 500 for a command that is not known, 502 for one that is known and not there.
    public static readonly SmtpReply UnknownCommand = SmtpReply.Of(500, "5.5.1", "command not recognised");
    public static readonly SmtpReply NotImplemented = SmtpReply.Of(502, "5.5.1", "command not implemented");
    public static readonly SmtpReply LineTooLong = SmtpReply.Of(500, "5.5.2", "line too long");
    public static readonly SmtpReply BareLineFeed = SmtpReply.Of(521, "5.5.2", "lines end with <CR><LF>, got a bare <LF>; closing");
    public static readonly SmtpReply ControlCharacter = SmtpReply.Of(500, "5.5.2", "control characters are not allowed in a command");

    public static readonly SmtpReply HelloFirst = SmtpReply.Of(503, "5.5.1", "send EHLO first");
    public static readonly SmtpReply LhloFirst = SmtpReply.Of(503, "5.5.1", "send LHLO first");
    public static readonly SmtpReply MailFirst = SmtpReply.Of(503, "5.5.1", "send MAIL first");
    public static readonly SmtpReply NestedMail = SmtpReply.Of(503, "5.5.1", "a transaction is open; send RSET to leave it");
    public static readonly SmtpReply NoRecipients = SmtpReply.Of(503, "5.5.1", "no recipient was accepted");
    public static readonly SmtpReply ChunksBegun = SmtpReply.Of(503, "5.5.1", "BDAT has begun; go on with BDAT or send RSET");

    public static readonly SmtpReply TooManyRecipients = SmtpReply.Of(452, "4.5.3", "too many recipients; send to these first");
    public static readonly SmtpReply MessageTooLarge = SmtpReply.Of(552, "5.3.4", "message is larger than SIZE allows");
    public static readonly SmtpReply BareNewline = SmtpReply.Of(550, "5.6.11", "message holds a bare <CR> or <LF>; lines end with <CR><LF>");
    public static readonly SmtpReply NulOctet = SmtpReply.Of(550, "5.6.11", "message holds a NUL octet");

    public static readonly SmtpReply AuthenticationRequired = SmtpReply.Of(530, "5.7.0", "authentication required");
    public static readonly SmtpReply StartTlsFirst = SmtpReply.Of(530, "5.7.0", "issue a STARTTLS command first");
    public static readonly SmtpReply EncryptionRequired = SmtpReply.Of(538, "5.7.11", "encryption is required for authentication; issue STARTTLS first");

    public static readonly SmtpReply TooManyErrors = SmtpReply.Of(421, "4.7.0", "too many errors; closing");
    public static readonly SmtpReply TooMuchTalk = SmtpReply.Of(421, "4.7.0", "too many commands without a message; closing");
    public static readonly SmtpReply TimedOut = SmtpReply.Of(421, "4.4.2", "silent for too long; closing");
    public static readonly SmtpReply ShuttingDown = SmtpReply.Of(421, "4.3.2", "service shutting down; try again later");
    public static readonly SmtpReply AccountChanged = SmtpReply.Of(421, "4.7.0", "the account was changed; log in again");
    public static readonly SmtpReply ServerFault = SmtpReply.Of(451, "4.3.0", "local error in processing; try again later");

    public static SmtpSyntaxException Syntax(string text) => new(SmtpReply.Of(501, "5.5.4", text));
}
