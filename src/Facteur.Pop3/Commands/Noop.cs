using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>NOOP: nothing, but the idle clock starts anew.</summary>
// RFC 1939 §5.
internal sealed record Noop : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Noop();
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        session.Writer.Ok(Pop3Text.Done);
        return default;
    }
}
