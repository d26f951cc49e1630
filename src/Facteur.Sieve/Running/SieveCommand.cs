namespace Facteur.Sieve.Running;

/// <summary>Where a script goes on after a command.</summary>
internal enum Flow : byte
{
    Next,
    /// <summary>All scripts end (RFC 5228 §3.3, RFC 6609 §3.2).</summary>
    Stop,
    /// <summary>This script ends, the one that includes it goes on (RFC 6609 §3.3).</summary>
    Return,
    /// <summary>The loop <see cref="SieveRun.Broken"/> ends (RFC 5703 §3).</summary>
    Break,
}

/// <summary>A command of a compiled script, shared by all that run it: what changes lies in the <see cref="SieveRun"/>.</summary>
internal abstract record SieveCommand
{
    public SievePosition At { get; set; }

    /// <summary>Extensions that only a successful "ihave" allows (RFC 5463 §4).</summary>
    public IReadOnlyList<string> Deferred { get; set; } = [];

    public abstract ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel);
}

/// <summary>A test of a compiled script.</summary>
internal abstract record SieveTest
{
    public SievePosition At { get; set; }

    /// <summary>Extensions that only a successful "ihave" allows (RFC 5463 §4).</summary>
    public IReadOnlyList<string> Deferred { get; set; } = [];

    public abstract ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel);
}

/// <summary>Commands one after the other.</summary>
internal sealed class Block(SieveCommand[] commands)
{
    public async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        foreach (var command in commands)
        {
            run.Enter(command.At, command.Deferred);
            var flow = await command.RunAsync(run, cancel);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

/// <summary>Stands for a command that nobody here knows: an error when it is reached (RFC 5463 §4).</summary>
internal sealed record FaultCommand(SieveSentence Sentence) : SieveCommand
{
    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel) => throw new SieveRuntimeException(Sentence);
}

/// <summary>Stands for a test that nobody here knows: an error when it is reached (RFC 5463 §4).</summary>
internal sealed record FaultTest(SieveSentence Sentence) : SieveTest
{
    public override ValueTask<bool> EvaluateAsync(SieveRun run, CancellationToken cancel) => throw new SieveRuntimeException(Sentence);
}

/// <summary>The script cannot go on: what it decided is dropped, the message is kept (RFC 5228 §2.10.6).</summary>
internal sealed class SieveRuntimeException(SieveSentence sentence) : Exception(sentence.ToString())
{
    public SieveSentence Sentence { get; } = sentence;
}
