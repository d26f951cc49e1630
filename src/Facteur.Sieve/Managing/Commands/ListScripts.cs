using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>LISTSCRIPTS: the names of all scripts, the active one marked.</summary>
// RFC 5804 §2.7.
internal sealed record ListScripts : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new ListScripts();

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        var folder = await session.Scripts.ListAsync(session.Owner, cancel);
        foreach (var script in folder.Scripts) session.Writer.Listed(script.Name, script == folder.Active);
        session.Writer.Ok("");
    }
}
