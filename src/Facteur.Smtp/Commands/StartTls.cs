using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>STARTTLS: goes on under TLS, with a session that has forgotten everything.</summary>
// RFC 3207 §4
internal sealed record StartTls : SmtpCommand
{
    private static readonly StartTls Command = new();
    private static readonly SmtpReply AlreadyTls = SmtpReply.Of(503, "5.5.1", "TLS is on already");

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.End();
        return Command;
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (session.Connection.IsEncrypted) return AlreadyTls;
        if (!session.Connection.CanStartTls) return Replies.NotImplemented;
        if (session.Transaction is not null) return Replies.NestedMail;
        await session.UpgradeAsync(cancel);
        return null;
    }
}
