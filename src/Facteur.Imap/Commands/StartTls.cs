using Facteur.Net;

namespace Facteur.Imap.Commands;

/// <summary>STARTTLS: the same connection, encrypted. Octets in clear behind the command end it (injection).</summary>
// RFC 9051 §6.2.1.
internal sealed record StartTls : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new StartTls();
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (session.Connection.IsEncrypted) throw new ImapSyntaxException("TLS is already on");
        if (!session.Connection.CanStartTls) throw new ImapRefusedException(null, "there is no certificate on this server");
        // No answer: whoever put it there is not to see TLS begin. The connection refuses too, but with a reset in place of an end.
        if (!session.Connection.Buffer.IsEmpty) throw new ImapEndedException(EndReason.PlaintextAfterStartTls);
        session.CompleteNow("begin TLS");
        await session.StartTlsAsync(cancel);
    }
}
