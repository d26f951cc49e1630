using System.Globalization;
using Facteur.Accounts;
using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>CAPABILITY: what this server can do, as this connection stands.</summary>
// RFC 5804 §1.7, §2.4.
internal sealed record Capability : ManageSieveCommand
{
    private static readonly string extensions = string.Join(' ', SieveScript.Extensions);

    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new Capability();

    public override ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        Write(session);
        session.Writer.Ok("");
        return ValueTask.CompletedTask;
    }

    /// <summary>The lines, as sent at the start, after STARTTLS and on demand.</summary>
    public static void Write(ManageSieveSession session)
    {
        var writer = session.Writer;
        writer.Capability("IMPLEMENTATION", "Facteur");
        writer.Capability("SASL", session.MayLogIn ? string.Join(' ', SaslServer.MechanismsFor(session.Client, session.Logins)) : "");
        writer.Capability("SIEVE", extensions);
        if (session.State == ManageSieveStates.NonAuthenticated && session.Connection.CanStartTls) writer.Capability("STARTTLS", null);
        writer.Capability("MAXREDIRECTS", session.Scripts.Language.MaxRedirects.ToString(CultureInfo.InvariantCulture));
        writer.Capability("NOTIFY", "mailto");
        if (session.State == ManageSieveStates.Authenticated) writer.Capability("OWNER", session.Account.Address);
        writer.Capability("UNAUTHENTICATE", null);
        writer.Capability("VERSION", "1.0");
    }
}
