using Facteur.Net;
using Facteur.Pop3.Maildrops;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>QUIT: after login removes what is marked deleted and does with what was fetched as the account wants it, then ends; before login only ends.</summary>
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
        if (session.State == Pop3States.Transaction && !await MaildropUpdate.RunAsync(session, cancel))
            throw new Pop3RefusedException("SYS/TEMP", Pop3Text.NotAllRemoved); // RFC 1939 §6, RFC 3206
        session.Writer.Ok(Pop3Text.Goodbye);
    }
}
