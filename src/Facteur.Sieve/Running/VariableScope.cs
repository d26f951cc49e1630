using Facteur.Sieve.Compiling;

namespace Facteur.Sieve.Running;

/// <summary>The variables one script sees: its own, and those all scripts of a run share (RFC 6609 §3.4). Names come in lower case.</summary>
internal sealed class VariableScope(Dictionary<string, string> shared, SieveLimits limits)
{
    private const string GlobalPrefix = "global.";

    private readonly Dictionary<string, string> own = new(StringComparer.Ordinal);
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);

    /// <summary>"global.name" where "include" is required (RFC 6609 §3.4.2).</summary>
    public static bool IsGlobalName(string name, bool hasNamespaces) =>
        hasNamespaces && name.StartsWith(GlobalPrefix, StringComparison.OrdinalIgnoreCase) && SieveString.IsVariableName(name.AsSpan(GlobalPrefix.Length));

    /// <summary>Empty when the variable has no value (RFC 5229 §3).</summary>
    public string Get(string name)
    {
        var values = Values(ref name);
        return values.GetValueOrDefault(name) ?? "";
    }

    /// <summary>Values beyond the limit are cut, which is no error (RFC 5229 §6).</summary>
    public void Set(string name, string value)
    {
        var values = Values(ref name);
        if (values.Count >= limits.MaxVariables && !values.ContainsKey(name)) throw new SieveRuntimeException(ScriptText.TooManyVariables.With(limits.MaxVariables));
        values[name] = Cut(value, limits.MaxVariableCharacters);
    }

    public void Declare(string name)
    {
        if (own.ContainsKey(name)) throw new SieveRuntimeException(ScriptText.HasAValue.With(name));
        declared.Add(name);
    }

    /// <summary>At most so many characters, none of them cut in half.</summary>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max) return text;
        return max > 0 && char.IsHighSurrogate(text[max - 1]) ? text[..(max - 1)] : text[..max];
    }

    private Dictionary<string, string> Values(ref string name)
    {
        if (name.StartsWith(GlobalPrefix, StringComparison.Ordinal)) name = name[GlobalPrefix.Length..];
        else if (!declared.Contains(name)) return own;
        return shared;
    }
}
