using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>RENAMESCRIPT: another name for a script, which stays active when it is.</summary>
// RFC 5804 §2.11.
internal sealed record RenameScript(string From, string To) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new RenameScript(reader.Text("the old name"), reader.Text("the new name"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.RequireWrite();
        await session.Scripts.RenameAsync(session.Owner, From, To, cancel);
        session.Writer.Ok("renamed");
    }
}
