using Facteur.Net;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>LOGOUT: ends the session.</summary>
// RFC 5804 §2.3.
internal sealed record Logout : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new Logout();

    public override ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.Writer.Ok("goodbye");
        session.End(EndReason.ClientQuit);
        return ValueTask.CompletedTask;
    }
}
