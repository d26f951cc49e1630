using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Tests;

/// <summary>size: the message has more or fewer octets.</summary>
// RFC 5228 §5.9; of a part, to a script included in its loop (RFC 6609 §3.5).
internal sealed record Size(bool IsOver, long Limit) : SieveTest
{
    public static SieveTest Parse(SieveArguments arguments)
    {
        var which = arguments.OneOf("over", "under") ?? throw arguments.Error(ScriptText.SizeTakes);
        return new Size(which == "over", arguments.TaggedNumber(which)!.Value);
    }

    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        var part = run.Frame.Scope.Length == 0 ? null : run.Message.Part(run.Frame.Scope);
        var size = part is null ? run.Message.Size : part.HeaderLength + part.BodyLength;
        return new(IsOver ? size > Limit : size < Limit);
    }
}
