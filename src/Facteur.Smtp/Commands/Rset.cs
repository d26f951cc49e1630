using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>RSET: leaves the transaction; the greeting and the login stay.</summary>
// RFC 5321 §4.1.1.5
internal sealed record Rset : SmtpCommand
{
    private static readonly Rset Command = new();

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.End();
        return Command;
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        await session.ResetAsync();
        return Replies.Ok;
    }
}
