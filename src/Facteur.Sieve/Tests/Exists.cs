using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>exists: all of the fields are there.</summary>
// RFC 5228 §5.5; :mime RFC 5703 §4.3.
internal sealed record Exists(FieldSelection Fields, IReadOnlyList<SieveString> Names) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var fields = FieldSelection.Parse(arguments, mayIndex: false);
        return new Exists(fields, arguments.Strings(ScriptText.FieldNames));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var names = run.Expand(Names);
        var found = await Fields.SelectAsync(run, names, cancel);
        return Array.TrueForAll(names, name => found.Exists(line => line.Is(name)));
    }
}
