using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>include: runs another script here.</summary>
// RFC 6609 §3.2; names RFC 5804 §1.6.
internal sealed record Include(string Script, SieveScriptLocation Location, bool IsOnce, bool IsOptional) : SieveCommand
{
    private const int MaxName = 128;

    public static SieveCommand Parse(SieveArguments arguments)
    {
        var location = arguments.OneOf("personal", "global") == "global" ? SieveScriptLocation.Global : SieveScriptLocation.Personal;
        var isOnce = arguments.Flag("once");
        var isOptional = arguments.Flag("optional");
        var name = arguments.Constant(ScriptText.ScriptName);
        if (!IsScriptName(name)) throw arguments.Error(ScriptText.NotAScriptName);
        return new Include(name, location, isOnce, isOptional);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        if (IsOnce && (run.Included.Contains((Location, Script)) || IsRunning(run))) return Flow.Next;
        if (IsRunning(run)) throw new SieveRuntimeException(ScriptText.IncludesItself.With(Script));
        if (++run.Includes > run.Limits.MaxIncludes || Depth(run) >= run.Limits.MaxIncludeDepth) throw new SieveRuntimeException(ScriptText.TooManyIncludes);
        run.Work.Spend(1_000);
        var loaded = await run.Host.LoadScriptAsync(Location, Script, cancel);
        if (loaded is null && IsOptional) return Flow.Next;
        if (loaded is null) throw new SieveRuntimeException(ScriptText.NoSuchScript.With(Script));
        if (loaded.Script is null) throw new SieveRuntimeException(ScriptText.IncludedHasError.With(Script, loaded.Errors[0].At, loaded.Errors[0].Sentence));
        run.Included.Add((Location, Script));
        return await RunAsync(run, loaded.Script, cancel);
    }

    private async ValueTask<Flow> RunAsync(SieveRun run, SieveScript script, CancellationToken cancel)
    {
        var outer = run.Frame;
        // RFC 6609 §3.5: the part of a loop is the whole message to the script included in it.
        run.Frame = new ScriptFrame(script, Script, Location, outer, run.NewScope(), outer.Part);
        // After an error the frame stays: it tells which script it was.
        var flow = await script.RunAsync(run, cancel);
        run.Frame = outer;
        return flow == Flow.Stop ? Flow.Stop : Flow.Next;
    }

    private bool IsRunning(SieveRun run)
    {
        for (var frame = run.Frame; frame is not null; frame = frame.Parent)
            if (frame.Name == Script && frame.Location == Location) return true;
        return false;
    }

    private static int Depth(SieveRun run)
    {
        var depth = 1;
        for (var frame = run.Frame; frame.Parent is not null; frame = frame.Parent) depth++;
        return depth;
    }

    /// <summary>No control characters, and nothing a store could take for a path (RFC 6609 §4).</summary>
    private static bool IsScriptName(string name)
    {
        if (name.Length is 0 or > MaxName || name is "." or ".." || !OctetText.IsText(name)) return false;
        foreach (var c in name)
            if (char.IsControl(c) || c is '/' or '\\' or '`' or '\u2028' or '\u2029') return false;
        return true;
    }
}
