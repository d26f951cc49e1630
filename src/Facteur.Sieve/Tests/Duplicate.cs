using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Tests;

/// <summary>duplicate: an id was seen in an earlier run; it is remembered when this one ends well.</summary>
// RFC 7352 §3.
internal sealed record Duplicate(SieveString? Handle, SieveString? Field, SieveString? UniqueId, TimeSpan For, bool FromLast) : SieveTest
{
    private const int DefaultDays = 7;
    private const int MaxId = 1_024;

    public static SieveTest Parse(SieveArguments arguments)
    {
        arguments.OneOf("header", "uniqueid");
        var seconds = arguments.TaggedNumber("seconds");
        var time = seconds is null ? TimeSpan.FromDays(DefaultDays) : TimeSpan.FromSeconds(Math.Min(seconds.Value, arguments.Limits.MaxDuplicate.TotalSeconds));
        return new Duplicate(arguments.TaggedString("handle"), arguments.TaggedString("header"), arguments.TaggedString("uniqueid"), time, arguments.Flag("last"));
    }

    public override async ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel)
    {
        // RFC 7352 §3.4: it means nothing where no message is delivered.
        run.RequireDelivery("duplicate");
        var id = UniqueId?.Expand(run) ?? run.Message.Header.Named(Field?.Expand(run) ?? "Message-ID").FirstOrDefault()?.Text;
        if (id is null || For == TimeSpan.Zero) return false;
        var handle = Handle?.Expand(run);
        run.Work.Spend(1_000);
        if (id.Length > MaxId || handle?.Length > MaxId) throw new SieveRuntimeException(ScriptText.DuplicateIdTooLong.With(MaxId));
        // What this run remembers is looked at by later runs only (RFC 7352 §3).
        var wasSeen = await run.Host.WasSeenAsync(handle, OctetText.ToText(id), cancel);
        run.Duplicates[(handle, id)] = new SieveDuplicate(handle, OctetText.ToText(id), For, FromLast);
        return wasSeen;
    }
}
