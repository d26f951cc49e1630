using Facteur.Accounts;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>CAPA: what this server can do, as this connection stands.</summary>
// RFC 2449 §5 and §6; STLS RFC 2595 §4, SASL RFC 5034 §3, UTF8 and LANG RFC 6856 §2 and §3, AUTH-RESP-CODE RFC 3206.
internal sealed record Capa : Pop3Command
{
    private static readonly string[] always = ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "UTF8 USER", "LANG"];

    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Capa();
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        var announced = await session.Services.Announcement.LinesAsync(cancel);
        if (session.State == Pop3States.Transaction) announced = PopAnnouncement.Lines(session.Maildrop.Setting, announced.Count > 1);
        var writer = session.Writer;
        writer.Ok(Pop3Text.Capabilities);
        foreach (var line in always) writer.Line(line);
        foreach (var line in announced) writer.Line(line);
        if (session.MayLogIn)
        {
            writer.Line("USER");
            writer.Line($"SASL {string.Join(' ', SaslServer.MechanismsFor(session.Client, session.Logins))}");
        }
        if (session.State == Pop3States.Authorization && session.Connection.CanStartTls) writer.Line("STLS");
        writer.Line("IMPLEMENTATION Facteur");
        writer.EndOfLines();
    }
}
