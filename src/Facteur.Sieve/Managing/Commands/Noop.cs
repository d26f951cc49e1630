using Facteur.Sieve.Managing.Wire;

namespace Facteur.Sieve.Managing.Commands;

/// <summary>NOOP: nothing, with the client's word sent back.</summary>
// RFC 5804 §2.13.
internal sealed record Noop(string? Tag) : ManageSieveCommand
{
    public static ManageSieveCommand Parse(ref ManageSieveReader reader) => new Noop(reader.HasMore ? reader.Text("the tag") : null);

    public override ValueTask RunAsync(ManageSieveSession session, CancellationToken cancel)
    {
        if (Tag is null) session.Writer.Ok("done");
        else session.Writer.Tagged(Tag, "done");
        return ValueTask.CompletedTask;
    }
}
