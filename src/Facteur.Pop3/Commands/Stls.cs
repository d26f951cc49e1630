using Facteur.Net;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>STLS: TLS from here on. What the client sent in clear behind it ends the connection (S-04); what it said before is forgotten.</summary>
// RFC 2595 §4.
internal sealed record Stls : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Stls();
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (session.Connection.IsEncrypted) throw new Pop3RefusedException(null, Pop3Text.TlsActive);
        if (!session.Connection.CanStartTls) throw new Pop3RefusedException(null, Pop3Text.NoTls);
        if (session.IsUtf8) throw new Pop3RefusedException(null, Pop3Text.StlsBeforeUtf8); // RFC 6856 §2.1
        if (!session.Connection.Buffer.IsEmpty)
        {
            session.End(EndReason.PlaintextAfterStartTls); // no answer: whoever put it there is not to see TLS begin
            return;
        }
        session.UserName = null;
        session.Writer.Ok(Pop3Text.BeginTls);
        if (await session.Connection.StartTlsAsync(cancel) is { } failure) session.End(failure);
        session.Writer.Language = Pop3Texts.English; // who chose it is not known
    }
}
