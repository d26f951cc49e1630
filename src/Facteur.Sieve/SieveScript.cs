using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve;

/// <summary>A script, or what is wrong with it.</summary>
/// <param name="Script">Null when there are errors.</param>
/// <param name="Errors">In the order of the script, at most <see cref="SieveLimits.MaxErrors"/>.</param>
public sealed record SieveCompilation(SieveScript? Script, IReadOnlyList<SieveError> Errors);

/// <summary>A compiled script (RFC 5228). Immutable: one serves all messages at once.</summary>
public sealed class SieveScript
{
    private readonly Block commands;

    private SieveScript(Block commands, IReadOnlySet<string> required)
    {
        this.commands = commands;
        Required = required;
    }

    /// <summary>All extensions this implementation knows, as ManageSieve and JMAP list them.</summary>
    public static IReadOnlyList<string> Extensions => Compiling.Extensions.Names;

    /// <summary>Extensions the script requires, with what they imply.</summary>
    public IReadOnlySet<string> Required { get; }

    /// <summary>Reads and checks a script. Never throws for what is in it; time and memory are linear in its octets.</summary>
    public static SieveCompilation Compile(ReadOnlySpan<byte> utf8, SieveLimits limits)
    {
        if (utf8.Length > limits.MaxScriptOctets)
            return new SieveCompilation(null, [new SieveError(new SievePosition(1, 1), ScriptText.ScriptTooLong.With(limits.MaxScriptOctets))]);
        var errors = new List<SieveError>();
        var tree = new Parser(utf8, limits, errors).Run();
        var compiler = new ScriptCompiler(limits, errors);
        var commands = compiler.Script(tree);
        errors.Sort((a, b) => (a.At.Line, a.At.Column).CompareTo((b.At.Line, b.At.Column)));
        return errors.Count > 0 ? new SieveCompilation(null, errors) : new SieveCompilation(new SieveScript(commands, compiler.Required), []);
    }

    /// <summary>Runs the script on a message. What goes wrong in the script is in the result; only the host's own failures are thrown.</summary>
    public async ValueTask<SieveResult> RunAsync(SieveMessage message, SieveContext context, SieveHost host, SieveLimits limits, CancellationToken cancel)
    {
        var run = new SieveRun(this, message, context, host, limits);
        try
        {
            await run.Message.OpenAsync(cancel);
            RefuseForEvent(run);
            await commands.RunAsync(run, cancel);
            return run.Plan.Finish();
        }
        catch (SieveRuntimeException e)
        {
            var keep = new KeepAction([], null, true) { At = new SievePosition(1, 1) };
            return new SieveResult([keep], new SieveError(run.At, e.Sentence, run.Frame.Name), [], null, run.Work.Spent);
        }
    }

    /// <summary>Runs as an included script, in the frame of the run.</summary>
    internal ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        RefuseForEvent(run);
        return commands.RunAsync(run, cancel);
    }

    // RFC 6785 §3.11: to require them is an error where no message is delivered.
    private void RefuseForEvent(SieveRun run)
    {
        foreach (var extension in (string[])[Compiling.Extensions.Reject, Compiling.Extensions.Ereject, Compiling.Extensions.Vacation])
            if (Required.Contains(extension)) run.RequireDelivery(extension);
    }
}
