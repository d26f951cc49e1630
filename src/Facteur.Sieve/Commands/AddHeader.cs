using Facteur.Sieve.Compiling;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>addheader: adds a field before all others, or behind them.</summary>
// RFC 5293 §4.
internal sealed record AddHeader(bool AtEnd, SieveString Field, SieveString Value) : SieveCommand
{
    private const int MaxValue = 8_192;

    public static SieveCommand Parse(SieveArguments arguments)
    {
        var atEnd = arguments.Flag("last");
        return new AddHeader(atEnd, FieldName(arguments), arguments.String(ScriptText.FieldValue));
    }

    /// <summary>A name that can be one, checked now when it is constant.</summary>
    public static SieveString FieldName(SieveArguments arguments)
    {
        var name = arguments.String(ScriptText.FieldName);
        if (name.IsConstant && !IsFieldName(name.Source)) throw new SieveSyntaxException(name.At, ScriptText.NotAFieldName);
        return name;
    }

    /// <summary>The name now; an error when it cannot be one.</summary>
    public static string Expand(SieveRun run, SieveString field)
    {
        var name = field.Expand(run);
        return IsFieldName(name) ? name : throw new SieveRuntimeException(ScriptText.NoFieldName.With(OctetText.ToText(VariableScope.Cut(name, 64))));
    }

    public override ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var name = Expand(run, Field);
        if (!IsGuarded(name)) run.Message.AddField(name, VariableScope.Cut(Value.Expand(run), MaxValue), AtEnd);
        return new(Flow.Next);
    }

    /// <summary>Fields that scripts do not touch, silently (RFC 5293 §6); those that stop loops and those that say where a message came from.</summary>
    public static bool IsGuarded(string name) =>
        Array.Exists(["Received", "Auto-Submitted", "Return-Path", "Original-Subject", "Original-From"], guarded => guarded.Equals(name, StringComparison.OrdinalIgnoreCase));

    // ftext of RFC 5322 §3.6.8.
    private static bool IsFieldName(string name) =>
        name.Length is > 0 and <= 76 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);
}
