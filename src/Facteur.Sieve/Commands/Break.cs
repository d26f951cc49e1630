using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>break: ends the innermost loop, or the one of a name.</summary>
// RFC 5703 §3.
internal sealed record Break(string? Loop) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var name = arguments.TaggedString("name")?.Source;
        if (!arguments.Loops.Any(loop => name is null || loop == name))
            throw arguments.Error(name is null ? ScriptText.BreakOutside : ScriptText.NoLoopNamed.With(name));
        return new Break(name);
    }

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        run.Broken = run.Frame.Loops.FindLast(loop => Loop is null || loop.Name == Loop);
        return new(Flow.Break);
    }
}
