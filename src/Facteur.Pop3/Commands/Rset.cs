using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>RSET: takes all marks of DELE back.</summary>
// RFC 1939 §5.
internal sealed record Rset : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Rset();
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        session.Maildrop.Reset();
        session.Writer.Ok(Pop3Text.Messages, session.Maildrop.Count, session.Maildrop.Octets);
        return default;
    }
}
