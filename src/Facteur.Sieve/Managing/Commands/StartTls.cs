using Facteur.Net;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>STARTTLS: TLS from here on, and the capabilities again. What the client sent in clear behind it ends the connection (S-04).</summary>
// RFC 5804 §2.2.
internal sealed record StartTls : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new StartTls();

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        if (session.Connection.IsEncrypted) throw new ManageSieveRefusedException(null, "TLS is active already");
        if (!session.Connection.CanStartTls) throw new ManageSieveRefusedException(null, "TLS is not available here");
        if (!session.Connection.Buffer.IsEmpty)
        {
            session.End(EndReason.PlaintextAfterStartTls); // no answer: whoever put it there is not to see TLS begin
            return;
        }
        session.Writer.Ok("begin TLS");
        if (await session.Connection.StartTlsAsync(cancel) is { } failure)
        {
            session.End(failure);
            return;
        }
        Capability.Write(session);
        session.Writer.Ok("TLS is active");
    }
}
