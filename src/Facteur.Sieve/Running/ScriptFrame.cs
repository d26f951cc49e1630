namespace Facteur.Sieve.Running;

/// <summary>One script while it runs: the main one, or one that is included.</summary>
/// <param name="name">As "include" names it; null for the main script.</param>
/// <param name="scope">The part that is the whole message to this script (RFC 6609 §3.5): child numbers from the root.</param>
internal sealed class ScriptFrame(SieveScript script, string? name, SieveScriptLocation location, ScriptFrame? parent, VariableScope variables, int[] scope)
{
    private readonly HashSet<string> enabled = new(script.Required, StringComparer.Ordinal);
    private IReadOnlyList<string> matched = [];

    public SieveScript Script => script;

    public string? Name => name;

    public SieveScriptLocation Location => location;

    public ScriptFrame? Parent => parent;

    public VariableScope Variables => variables;

    public int[] Scope => scope;

    /// <summary>Loops that run, the innermost last (RFC 5703 §3).</summary>
    public List<PartLoop> Loops { get; } = [];

    /// <summary>The part tests with :mime look at: that of the innermost loop, else the whole.</summary>
    public int[] Part => Loops.Count > 0 ? Loops[^1].Path : scope;

    public bool IsEnabled(string extension) => enabled.Contains(extension);

    public void Enable(string extension) => enabled.Add(extension);

    /// <summary>What the last successful match found (RFC 5229 §3.2); empty past its end.</summary>
    public string Matched(int index) => index < matched.Count ? matched[index] : "";

    /// <summary>Remembers a match, where variables are there to see it.</summary>
    public void Remember(IReadOnlyList<string> found)
    {
        if (IsEnabled(Compiling.Extensions.Variables)) matched = found;
    }
}

/// <summary>A "foreverypart" that runs.</summary>
internal sealed class PartLoop(string? name, int[] path)
{
    public string? Name => name;

    /// <summary>The part it is at: child numbers from the root.</summary>
    public int[] Path { get; set; } = path;

    /// <summary>The part was replaced: what was inside is gone (RFC 5703 §5).</summary>
    public bool IsReplaced { get; set; }

    /// <summary>The message became another one: the loop ends with this round (RFC 5703 §6).</summary>
    public bool IsOver { get; set; }
}
