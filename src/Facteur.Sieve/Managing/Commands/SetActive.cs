using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>SETACTIVE: the script that mail goes through; "" is none.</summary>
// RFC 5804 §2.8.
internal sealed record SetActive(string Name) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new SetActive(reader.Text("the name"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.RequireWrite();
        await session.Scripts.ActivateAsync(session.Owner, Name.Length == 0 ? null : Name, cancel);
        session.Writer.Ok(Name.Length == 0 ? "no script is active" : "the script is active");
    }
}
