using Facteur.Net;

namespace Facteur.Imap.Commands;

/// <summary>LOGOUT: BYE, OK, and the connection is closed (with close_notify under TLS: mbsync and poplib miss it).</summary>
// RFC 9051 §6.1.3.
internal sealed record Logout : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Logout();
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var end = session.Bye(EndReason.ClientQuit, "good bye");
        session.CompleteNow("done");
        throw end;
    }
}
