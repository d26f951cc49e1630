using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>DELETESCRIPT: removes a script that is not active.</summary>
// RFC 5804 §2.10.
internal sealed record DeleteScript(string Name) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new DeleteScript(reader.Text("the name"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.RequireWrite();
        await session.Scripts.DeleteAsync(session.Owner, Name, cancel);
        session.Writer.Ok("deleted");
    }
}
