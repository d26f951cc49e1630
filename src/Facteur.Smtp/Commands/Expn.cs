using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>EXPN: known and not given; lists are nobody's business.</summary>
// RFC 5321 §4.1.1.7, §4.2.4 (502), §7.3
internal sealed record Expn : SmtpCommand
{
    private static readonly Expn Command = new();

    public static SmtpCommand Parse(ref SmtpReader reader) => Command;

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => new(Replies.NotImplemented);
}
