using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>NOOP: nothing, with any argument.</summary>
// RFC 5321 §4.1.1.9
internal sealed record Noop : SmtpCommand
{
    private static readonly Noop Command = new();

    public static SmtpCommand Parse(ref SmtpReader reader) => Command;

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => new(Replies.Ok);
}
