using Facteur.Net;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>QUIT: an open transaction is dropped, the connection ends after the answer.</summary>
// RFC 5321 §4.1.1.10
internal sealed record Quit : SmtpCommand
{
    private static readonly Quit Command = new();

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.End();
        return Command;
    }

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        session.EndWith(EndReason.ClientQuit, Replies.Closing);
        return new((SmtpReply?)null);
    }
}
