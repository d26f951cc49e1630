using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>VRFY: answered without looking, so that nobody learns who is here.</summary>
// RFC 5321 §4.1.1.6, §3.5.3 and §7.3: 252 where verification is not given
internal sealed record Vrfy : SmtpCommand
{
    private static readonly Vrfy Command = new();
    private static readonly SmtpReply Unverified = SmtpReply.Of(252, "2.0.0", "cannot verify; send mail and it will be tried");

    public static SmtpCommand Parse(ref SmtpReader reader) => reader.Word().IsEmpty ? throw Replies.Syntax("a user or address is expected") : Command;

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => new(Unverified);
}
