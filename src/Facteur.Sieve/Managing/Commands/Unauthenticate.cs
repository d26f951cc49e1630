using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>UNAUTHENTICATE: as before the login; TLS stays.</summary>
// RFC 5804 §2.14.1.
internal sealed record Unauthenticate : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new Unauthenticate();

    public override ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.LogOut();
        session.Writer.Ok("logged out");
        return ValueTask.CompletedTask;
    }
}
