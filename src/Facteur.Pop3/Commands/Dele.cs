using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>DELE: marks a message; QUIT removes it.</summary>
// RFC 1939 §5.
internal sealed record Dele(int Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        var number = arguments.Number();
        arguments.End();
        return new Dele(number);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (!session.MayDelete) throw new Pop3RefusedException("SYS/PERM", Pop3Text.ReadOnly); // RFC 3206
        await session.Maildrop.LoadAsync(cancel);
        session.Maildrop.MarkDeleted(Number);
        session.Writer.Ok(Pop3Text.MarkedDeleted, Number);
    }
}
