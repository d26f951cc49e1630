using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>PUTSCRIPT: adds a script, or changes what it says. Only what compiles is kept; what its author may not have meant is told with the OK.</summary>
// RFC 5804 §2.6; WARNINGS §1.3.
internal sealed record PutScript(string Name, byte[] Content) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new PutScript(reader.Text("the name"), reader.Octets("the script"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        session.RequireWrite();
        if (Content.Length == 0) throw new ManageSieveRefusedException(null, "the script is empty");
        await session.Scripts.PutAsync(session.Owner, Name, Content, cancel);
        Answer(session, await session.Scripts.WarnAsync(session.Owner, Content, cancel), "stored");
    }

    public static void Answer(ManageSieveSession session, IReadOnlyList<SieveError> warnings, string text)
    {
        if (warnings.Count == 0) session.Writer.Ok(text);
        else session.Writer.Ok("WARNINGS", ScriptRefusals.Lines(warnings));
    }
}
