using Facteur.Sieve.Compiling;
using Facteur.Sieve.Matching;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>redirect: on to another address, or to those of a list.</summary>
// RFC 5228 §4.2; :copy RFC 3894 §3; :list RFC 6134 §2.3.
internal sealed record Redirect(SieveString Target, bool IsCopy, bool IsList) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var isCopy = arguments.Flag("copy", Extensions.Copy);
        var isList = arguments.Flag("list", Extensions.ExtLists);
        var target = arguments.String(isList ? ScriptText.ListName : ScriptText.AnAddress);
        if (!isList && target.IsConstant && !AddressValue.TryRead(target.Source, out _)) throw new SieveSyntaxException(target.At, ScriptText.NotARedirectAddress);
        return new Redirect(target, isCopy, isList);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var text in IsList ? await ReadListAsync(run, cancel) : [Target.Expand(run)])
        {
            if (!AddressValue.TryRead(text, out var address)) throw new SieveRuntimeException(ScriptText.NoRedirectAddress.With(OctetText.ToText(text)));
            run.Plan.Redirect(address, IsCopy);
        }
        return Flow.Next;
    }

    private async ValueTask<IReadOnlyList<string>> ReadListAsync(SieveRun run, CancellationToken cancel)
    {
        var list = await ExternalList.RequireAsync(run, Target.Expand(run), cancel);
        return await run.Host.ReadListAsync(list, run.Limits.MaxRedirects + 1, cancel) ?? throw new SieveRuntimeException(ScriptText.ListUnreadable);
    }
}
