using Facteur.Net;

namespace Facteur.Imap.Commands;

/// <summary>IDLE: changes are told as they happen, until the client says DONE.</summary>
// RFC 9051 §6.3.13 (also RFC 2177).
internal sealed record Idle : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Idle();
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        session.Continue("idling");
        var view = session.Selected?.View;
        Action wake = session.Connection.Wake;
        if (view is not null) view.Changed += wake;
        try
        {
            await session.IdleAsync(cancel);
        }
        finally
        {
            if (view is not null) view.Changed -= wake;
        }
    }
}
