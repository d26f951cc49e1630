using Facteur.Sieve.Commands;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Compiling;

/// <summary>Turns the tree of a script into commands and tests that run: names known, extensions required, arguments of their types.</summary>
internal sealed class ScriptCompiler(SieveLimits limits, List<SieveError> errors)
{
    private const int MaxFaults = 100;

    private readonly HashSet<string> required = new(StringComparer.Ordinal);
    private readonly Stack<string?> loops = new();
    private int faults, regexes;

    public SieveLimits Limits => limits;

    /// <summary>Names given to "require", with what they imply.</summary>
    public IReadOnlySet<string> Required => required;

    /// <summary>"ihave" is required: whether an extension may be used is known only when the script runs (RFC 5463 §4).</summary>
    public bool DefersChecks => required.Contains(Extensions.Ihave);

    /// <summary>Names of the loops around what is being compiled, innermost first; null for one without a name (RFC 5703 §3).</summary>
    public IEnumerable<string?> Loops => loops;

    public bool Has(string extension) => required.Contains(extension);

    public void CountRegexes(int count, SievePosition at)
    {
        if ((regexes += count) > limits.MaxRegexes) throw new SieveSyntaxException(at, ScriptText.TooManyRegexes.With(limits.MaxRegexes));
    }

    public Block Script(IReadOnlyList<SyntaxNode> commands)
    {
        var first = 0;
        for (; first < commands.Count && commands[first].Name == "require"; first++)
        {
            var node = commands[first];
            Guarded(() => Require(node), node);
        }
        return Block(commands, first);
    }

    public Block Block(IReadOnlyList<SyntaxNode> commands) => Block(commands, 0);

    /// <summary>The block of a loop.</summary>
    public T InLoop<T>(string? name, Func<T> compile)
    {
        loops.Push(name);
        try
        {
            return compile();
        }
        finally
        {
            loops.Pop();
        }
    }

    public SieveTest Test(SyntaxNode node)
    {
        var arguments = new SieveArguments(node, this);
        SieveTest test;
        try
        {
            if (TestTable.Find(node.Name) is not { } entry)
                throw new SieveSyntaxException(node.At, CommandTable.Find(node.Name) is null ? ScriptText.NoSuchTest.With(node.Name) : ScriptText.CommandNotTest.With(node.Name)) { IsUnknown = true };
            if (entry.Extension is not null) arguments.Need(entry.Extension, node.At, ScriptText.Quoted.With(node.Name));
            test = entry.Parse(arguments);
            arguments.End();
        }
        catch (SieveSyntaxException e) when (e.IsUnknown && DefersChecks)
        {
            test = new FaultTest(Fault(e));
        }
        test.At = node.At;
        test.Deferred = [.. arguments.Deferred];
        return test;
    }

    public SieveString String(SyntaxArgument argument)
    {
        var text = Has(Extensions.EncodedCharacter) ? EncodedCharacters.Decode(argument.Text, argument.At) : argument.Text;
        return Has(Extensions.Variables) ? SieveString.WithVariables(text, argument.At, Has(Extensions.Include)) : SieveString.Constant(text, argument.At);
    }

    public IReadOnlyList<SieveString> Strings(SyntaxArgument argument) =>
        argument.Items is null ? [String(argument)] : [.. argument.Items.Select(String)];

    private Block Block(IReadOnlyList<SyntaxNode> nodes, int first)
    {
        var commands = new List<SieveCommand>(nodes.Count);
        for (var i = first; i < nodes.Count; i++)
        {
            var node = nodes[i];
            Guarded(() =>
            {
                if (node.Name is "elsif" or "else") Continue(node, commands);
                else commands.Add(Command(node));
            }, node);
        }
        return new Block([.. commands]);
    }

    private void Guarded(Action compile, SyntaxNode node)
    {
        if (errors.Count >= limits.MaxErrors) return;
        try
        {
            compile();
        }
        catch (SieveSyntaxException e)
        {
            errors.Add(new SieveError(e.At, e.Sentence));
            // What stands inside is looked at all the same, so that its errors are told at once.
            if (node.Block is not null && node.Name != "foreverypart") Block(node.Block, 0);
        }
    }

    private SieveCommand Command(SyntaxNode node)
    {
        var arguments = new SieveArguments(node, this);
        SieveCommand command;
        try
        {
            if (node.Name == "require") throw new SieveSyntaxException(node.At, ScriptText.RequireComesFirst);
            if (CommandTable.Find(node.Name) is not { } entry)
                throw new SieveSyntaxException(node.At, TestTable.Find(node.Name) is null ? ScriptText.NoSuchCommand.With(node.Name) : ScriptText.TestNotCommand.With(node.Name, node.Name)) { IsUnknown = true };
            if (entry.Extension is not null) arguments.Need(entry.Extension, node.At, ScriptText.Quoted.With(node.Name));
            command = entry.Parse(arguments);
            arguments.End();
        }
        catch (SieveSyntaxException e) when (e.IsUnknown && DefersChecks)
        {
            command = new FaultCommand(Fault(e));
        }
        command.At = node.At;
        command.Deferred = [.. arguments.Deferred];
        return command;
    }

    /// <summary>What is unknown becomes an error when it is reached; scripts of nothing else are not compiled.</summary>
    private SieveSentence Fault(SieveSyntaxException e) =>
        ++faults <= MaxFaults ? e.Sentence : throw new SieveSyntaxException(e.At, ScriptText.TooManyUnknown.With(MaxFaults));

    /// <summary>elsif and else belong to the "if" before them (RFC 5228 §3.1).</summary>
    private void Continue(SyntaxNode node, List<SieveCommand> commands)
    {
        if (commands.LastOrDefault() is not If { IsOpen: true } first) throw new SieveSyntaxException(node.At, ScriptText.FollowsNoIf.With(node.Name));
        var arguments = new SieveArguments(node, this);
        first.Continue(arguments, isLast: node.Name == "else");
        arguments.End();
    }

    private void Require(SyntaxNode node)
    {
        var arguments = new SieveArguments(node, this);
        var names = arguments.Strings(ScriptText.ExtensionNames);
        arguments.End();
        foreach (var name in names)
        {
            // RFC 5228 §6: capability strings are case-sensitive.
            if (!Extensions.IsKnown(name.Source)) errors.Add(new SieveError(name.At, ScriptText.NoSuchExtension.With(OctetText.ToText(name.Source))));
            else required.UnionWith(Extensions.With(name.Source));
        }
    }
}
