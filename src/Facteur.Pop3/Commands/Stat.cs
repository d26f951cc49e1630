using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>STAT: how many messages and octets, without those marked deleted.</summary>
// RFC 1939 §5; nothing may follow the two numbers.
internal sealed record Stat : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Stat();
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        session.Writer.Ok(session.Maildrop.Count, session.Maildrop.Octets);
        return default;
    }
}
