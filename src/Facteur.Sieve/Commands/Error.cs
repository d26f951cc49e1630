using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>error: ends the script with an error of its own.</summary>
// RFC 5463 §5.
internal sealed record Error(SieveString Text) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments) => new Error(arguments.String(ScriptText.ErrorMessage));

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel) => throw new SieveRuntimeException(ScriptText.Said.With(OctetText.ToText(Text.Expand(run))));
}
