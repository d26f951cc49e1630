using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>CHECKSCRIPT: says what is wrong with a script, and keeps nothing of it.</summary>
// RFC 5804 §2.12.
internal sealed record CheckScript(byte[] Content) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new CheckScript(reader.Octets("the script"));

    public override async ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        if (Content.Length == 0) throw new ManageSieveRefusedException(null, "the script is empty");
        if (session.Scripts.Check(Content) is { Count: > 0 } errors) throw new ManageSieveRefusedException(null, ScriptRefusals.Lines(errors));
        PutScript.Answer(session, await session.Scripts.WarnAsync(session.Owner, Content, cancel), "the script is right");
    }
}
