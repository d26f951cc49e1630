using Facteur.Sieve.Managing.Wire;
using Facteur.Sieve.Scripts;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>GETSCRIPT: what a script says.</summary>
// RFC 5804 §2.9.
internal sealed record GetScript(string Name) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new GetScript(reader.Text("the name"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        var found = ScriptName.TryNormalize(Name, out var normal) ? (await session.Scripts.ListAsync(session.Owner, cancel)).Find(normal) : null;
        if (found is null || await session.Scripts.ReadAsync(session.Owner, found, cancel) is not { } octets)
            throw new ManageSieveRefusedException("NONEXISTENT", "there is no script of that name");
        session.Writer.Literal(octets.Span);
        session.Writer.Ok("");
    }
}
