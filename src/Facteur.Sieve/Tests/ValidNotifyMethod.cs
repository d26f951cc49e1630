using Facteur.Sieve.Commands;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>valid_notify_method: "notify" can use all these methods.</summary>
// RFC 5435 §4.
internal sealed record ValidNotifyMethod(IReadOnlyList<SieveString> Methods) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new ValidNotifyMethod(arguments.Strings(ScriptText.Methods));

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel) =>
        new(Array.TrueForAll(run.Expand(Methods), method => MailtoUri.Parse(method) is not null));
}
