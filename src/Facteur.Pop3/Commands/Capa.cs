using Facteur.Accounts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>CAPA: what this server can do, as this connection stands.</summary>
// RFC 2449 §5 and §6; STLS RFC 2595 §4, SASL RFC 5034 §3, UTF8 RFC 6856 §2, AUTH-RESP-CODE RFC 3206.
internal sealed record Capa : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Capa();
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        var writer = session.Writer;
        writer.Ok("capabilities");
        writer.Line("TOP");
        writer.Line("UIDL");
        writer.Line("RESP-CODES");
        writer.Line("AUTH-RESP-CODE");
        writer.Line("PIPELINING");
        writer.Line("UTF8 USER");
        writer.Line("EXPIRE NEVER");
        if (session.MayLogIn)
        {
            writer.Line("USER");
            writer.Line($"SASL {string.Join(' ', SaslServer.MechanismsFor(session.Client))}");
        }
        if (session.State == Pop3States.Authorization && session.Connection.CanStartTls) writer.Line("STLS");
        writer.Line("IMPLEMENTATION Facteur");
        writer.EndOfLines();
        return default;
    }
}
