using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>valid_ext_list: all these lists can be asked.</summary>
// RFC 6134 §2.7.
internal sealed record ValidExtList(IReadOnlyList<SieveString> Names) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments) => new ValidExtList(arguments.Strings(ScriptText.ListNames));

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var name in run.Expand(Names))
        {
            run.Work.Spend(1_000);
            if (ExternalList.Resolve(name) is not { } list || !await run.Host.HasListAsync(list, cancel)) return false;
        }
        return true;
    }
}
