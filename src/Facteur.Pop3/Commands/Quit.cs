using Facteur.Net;
using Facteur.Pop3.Wire;
using Microsoft.Extensions.Logging;

namespace Facteur.Pop3.Commands;

/// <summary>QUIT: after login removes what is marked deleted, then ends; before login only ends.</summary>
// RFC 1939 §4 and §6.
internal sealed record Quit : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Quit();
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        session.End(EndReason.ClientQuit); // whatever comes of the removal (RFC 1939 §6)
        if (session.State == Pop3States.Transaction && session.Maildrop.AnyDeleted)
            session.Removed(await session.Maildrop.RemoveDeletedAsync(cancel));
        session.Writer.Ok("goodbye");
    }
}
