using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>HAVESPACE: would a script of that name and size be taken?</summary>
// RFC 5804 §2.5.
internal sealed record HaveSpace(string Name, uint Octets) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new HaveSpace(reader.Text("the name"), reader.Number("the size"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        await session.Scripts.CheckSpaceAsync(session.Owner, Name, Octets, cancel);
        session.Writer.Ok("there is room");
    }
}
