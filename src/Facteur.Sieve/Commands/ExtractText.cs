using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Commands;

/// <summary>extracttext: puts the text of the current part into a variable.</summary>
// RFC 5703 §7.
internal sealed record ExtractText(IReadOnlyList<Modifier> Modifiers, long? First, string Variable) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        arguments.Need(Extensions.Variables, arguments.At, ScriptText.Quoted.With("extracttext"));
        var modifiers = Modifier.Parse(arguments);
        var first = arguments.TaggedNumber("first");
        if (!arguments.Loops.Any()) throw arguments.Error(ScriptText.ExtractTextOutside);
        return new ExtractText(modifiers, first, Set.VariableName(arguments));
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var part = run.Message.Part(run.Frame.Part);
        var text = part is { Type: "text" } ? await run.Message.Texts.DecodedAsync(part, cancel) : "";
        var max = (int)Math.Min(First ?? int.MaxValue, run.Limits.MaxVariableCharacters);
        run.Frame.Variables.Set(Variable, Modifier.Apply(Modifiers, Cut(text, max)));
        return Flow.Next;
    }

    /// <summary>The first characters, counted as such and not in units of UTF-16.</summary>
    private static string Cut(string text, int max)
    {
        var at = 0;
        for (var count = 0; count < max && at < text.Length; count++)
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return text[..at];
    }
}
