using Facteur.Mail;
using Facteur.Sieve;

namespace Facteur.Delivery.Sieve;

/// <summary>
/// Runs the scripts of a message for one account, one after the other. What a script leaves to keep goes through the next, as the script
/// left it: with its flags and its changes. A script that keeps nothing is the last.
/// </summary>
internal sealed class ScriptChain(SieveHost host, SieveLimits limits, RestingScripts resting)
{
    private readonly List<SteppedAction> actions = [];
    private readonly List<SieveDuplicate> duplicates = [];
    private readonly List<ScriptFault> faults = [];

    /// <summary>All that is to be done. Without a keep nothing stays but where another action puts it.</summary>
    public IReadOnlyList<SteppedAction> Actions => actions;
    public IReadOnlyList<SieveDuplicate> Duplicates => duplicates;
    public IReadOnlyList<ScriptFault> Faults => faults;

    /// <summary>Flags of a message in a mailbox where the scripts changed them; null when they did not.</summary>
    public IReadOnlyList<string>? Flags { get; private set; }

    public async ValueTask RunAsync(IReadOnlyList<ScriptStep> steps, IMessageSource source, MessagePart root, SieveContext context, CancellationToken cancel)
    {
        SteppedAction? kept = null;
        IMessageSource? changed = null;
        foreach (var step in steps)
        {
            if (await RunAsync(step, new SieveMessage(changed ?? source, root), context, cancel) is not { } result) continue;
            duplicates.AddRange(result.Duplicates);
            Flags = result.Flags ?? Flags;
            KeepAction? keep = null;
            foreach (var action in result.Actions)
                if (action is KeepAction found) keep = found;
                else actions.Add(new SteppedAction(With(action, changed), step));
            if (keep is null) return;
            // What an earlier script said in so many words is not unsaid by the silence of the next.
            var isSaid = kept is { Action: KeepAction { IsImplicit: false } };
            kept = new SteppedAction(keep with { IsImplicit = keep.IsImplicit && !isSaid, Edited = keep.Edited ?? changed }, keep.IsImplicit && kept is { } before ? before.Step : step);
            context = context with { Flags = keep.Flags };
            if (keep.Edited is null) continue;
            changed = keep.Edited;
            if (step != steps[^1]) root = await PartsAsync(changed, cancel);
        }
        actions.Add(kept ?? new SteppedAction(new KeepAction([], null, true), steps[0]));
    }

    /// <summary>As the scripts before changed the message, where this one did not.</summary>
    private static SieveAction With(SieveAction action, IMessageSource? changed) => action switch
    {
        FileIntoAction { Edited: null } into => into with { Edited = changed },
        RedirectAction { Edited: null } redirect => redirect with { Edited = changed },
        _ => action,
    };

    private async ValueTask<SieveResult?> RunAsync(ScriptStep step, SieveMessage message, SieveContext context, CancellationToken cancel)
    {
        if (step.Compilation.Script is not { } script) return Failed(step, step.Compilation.Errors[0]);
        if (resting.Why(step) is { } why) return Failed(step, why);
        var result = await script.RunAsync(message, context, host, limits, cancel);
        resting.Note(step, result.Work > limits.MaxWork);
        return result.Error is { } error ? Failed(step, error) : result;
    }

    private SieveResult? Failed(ScriptStep step, SieveError error)
    {
        faults.Add(new ScriptFault(step, error));
        return null;
    }

    internal static async ValueTask<MessagePart> PartsAsync(IMessageSource message, CancellationToken cancel)
    {
        var parser = new MimeParser(MimeLimits.Default);
        var buffer = new byte[16 * 1024];
        int read;
        for (var at = 0L; (read = await message.ReadAsync(at, buffer, cancel)) > 0; at += read) parser.Write(buffer.AsSpan(0, read));
        return PartTable.Parse(parser.Complete().Parts.Span);
    }
}
