using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>HELP: the commands, for who types by hand.</summary>
// RFC 5321 §4.1.1.8
internal sealed record Help : SmtpCommand
{
    private static readonly Help Command = new();
    private static readonly SmtpReply Smtp = SmtpReply.Of(214, "2.0.0", "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS AUTH HELP QUIT");
    private static readonly SmtpReply Lmtp = SmtpReply.Of(214, "2.0.0", "LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS HELP QUIT");

    public static SmtpCommand Parse(ref SmtpReader reader) => Command;

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => new(session.Mode == SmtpMode.Lmtp ? Lmtp : Smtp);
}
