using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Compiling;

/// <summary>
/// The arguments of one command or test, asked for by what it takes: first the tags, in any order, then what follows them in its
/// order, then <see cref="End"/>. What is missing, of a wrong type, twice there or never asked for is an error at its place.
/// </summary>
// RFC 5228 §2.6.
internal sealed class SieveArguments(SyntaxNode node, ScriptCompiler compiler)
{
    private readonly bool[] used = new bool[node.Arguments.Count];
    private List<SyntaxArgument>? positional;
    private int next;
    private bool tookTests, tookBlock;

    public string Name => node.Name;

    public SievePosition At => node.At;

    public SieveLimits Limits => compiler.Limits;

    /// <summary>What "ihave" has to have found before this may run.</summary>
    public List<string> Deferred { get; } = [];

    public bool Has(string extension) => compiler.Has(extension);

    /// <summary>Says that what is being read needs an extension.</summary>
    public void Need(string extension, SievePosition at, string what)
    {
        if (compiler.Has(extension)) return;
        if (compiler.DefersChecks && Extensions.IsKnown(extension)) Deferred.Add(extension);
        else throw new SieveSyntaxException(at, $"{what} needs: require \"{extension}\";");
    }

    /// <summary>So many regular expressions are used here.</summary>
    public void CountRegexes(int count) => compiler.CountRegexes(count, node.At);

    public SieveSyntaxException Error(string message) => new(node.At, message);

    /// <summary>True when the tag is there.</summary>
    public bool Flag(string tag, string? extension = null) => Find(tag, extension) >= 0;

    /// <summary>The place of a tag, for errors about it.</summary>
    public SievePosition? FlagAt(string tag, string? extension = null) => Find(tag, extension) is >= 0 and var at ? node.Arguments[at].At : null;

    public SieveString? TaggedString(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? compiler.String(Value(at, TokenKind.String, "a string")) : null;

    public IReadOnlyList<SieveString>? TaggedStrings(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? compiler.Strings(Value(at, TokenKind.LeftBracket, "a string or a list of strings")) : null;

    public long? TaggedNumber(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? Value(at, TokenKind.Number, "a number").Number : null;

    /// <summary>The one of several tags that is there; an error when two are.</summary>
    public string? OneOf(params ReadOnlySpan<string> tags)
    {
        string? found = null;
        foreach (var tag in tags)
        {
            if (Find(tag, null) is not (>= 0 and var at)) continue;
            if (found is not null) throw new SieveSyntaxException(node.Arguments[at].At, $"\":{found}\" and \":{tag}\" exclude each other");
            found = tag;
        }
        return found;
    }

    /// <summary>Arguments without a tag that were not taken yet.</summary>
    public int Left => Positional().Count - next;

    public SieveString String(string what) => compiler.String(Take(TokenKind.String, $"a string, {what},"));

    public IReadOnlyList<SieveString> Strings(string what) => compiler.Strings(Take(TokenKind.LeftBracket, $"a string or a list of strings, {what},"));

    public long Number(string what) => Take(TokenKind.Number, $"a number, {what},").Number;

    /// <summary>A string that variables may not change.</summary>
    public string Constant(string what)
    {
        var text = String(what);
        return text.IsConstant ? text.Source : throw new SieveSyntaxException(text.At, $"{what} cannot hold variables");
    }

    public IReadOnlyList<string> Constants(string what)
    {
        var constants = new List<string>();
        foreach (var text in Strings(what))
            constants.Add(text.IsConstant ? text.Source : throw new SieveSyntaxException(text.At, $"{what} cannot hold variables"));
        return constants;
    }

    public SieveTest Test()
    {
        tookTests = true;
        if (node.HasTestList || node.Tests.Count != 1) throw Error($"\"{Name}\" takes one test");
        return compiler.Test(node.Tests[0]);
    }

    public IReadOnlyList<SieveTest> Tests()
    {
        tookTests = true;
        if (!node.HasTestList) throw Error($"\"{Name}\" takes tests in parentheses, with commas between them");
        return [.. node.Tests.Select(compiler.Test)];
    }

    public Block Block()
    {
        tookBlock = true;
        // Before the block, so that nothing can be wrong after it: a block is compiled once.
        End();
        return node.Block is null ? throw Error($"\"{Name}\" takes commands in braces") : compiler.Block(node.Block);
    }

    /// <summary>The block of a loop with that name, or without one.</summary>
    public Block Loop(string? name) => compiler.InLoop(name, Block);

    /// <summary>Names of the loops around this, innermost first; null for one without a name.</summary>
    public IEnumerable<string?> Loops => compiler.Loops;

    /// <summary>There is nothing more than what was asked for.</summary>
    public void End()
    {
        if (Positional().Count > next) throw new SieveSyntaxException(positional![next].At, $"\"{Name}\" takes no further argument");
        if (!tookTests && (node.Tests.Count > 0 || node.HasTestList)) throw Error($"\"{Name}\" takes no test");
        if (!tookBlock && node.Block is not null) throw Error($"\"{Name}\" takes no commands in braces; it ends with a semicolon");
    }

    private int Find(string tag, string? extension)
    {
        var found = -1;
        for (var i = 0; i < node.Arguments.Count; i++)
        {
            if (!node.Arguments[i].IsTag || node.Arguments[i].Text != tag) continue;
            if (found >= 0) throw new SieveSyntaxException(node.Arguments[i].At, $"\":{tag}\" stands here twice");
            found = i;
        }
        if (found < 0) return -1;
        if (extension is not null) Need(extension, node.Arguments[found].At, $"\":{tag}\"");
        used[found] = true;
        return found;
    }

    private SyntaxArgument Value(int tag, TokenKind kind, string what)
    {
        if (tag + 1 >= node.Arguments.Count || !Fits(node.Arguments[tag + 1].Kind, kind))
            throw new SieveSyntaxException(node.Arguments[tag].At, $"\":{node.Arguments[tag].Text}\" is followed by {what}");
        used[tag + 1] = true;
        return node.Arguments[tag + 1];
    }

    private SyntaxArgument Take(TokenKind kind, string what)
    {
        if (next >= Positional().Count) throw Error($"\"{Name}\" takes {what} which is missing");
        var argument = positional![next++];
        return Fits(argument.Kind, kind) ? argument : throw new SieveSyntaxException(argument.At, $"\"{Name}\" takes {what} here");
    }

    private static bool Fits(TokenKind found, TokenKind wanted) => found == wanted || wanted == TokenKind.LeftBracket && found == TokenKind.String;

    private List<SyntaxArgument> Positional()
    {
        if (positional is not null) return positional;
        positional = [];
        for (var i = 0; i < used.Length; i++)
        {
            var argument = node.Arguments[i];
            // RFC 5228 §2.6.2: tags come first.
            if (used[i] && positional.Count > 0 && argument.IsTag)
                throw new SieveSyntaxException(argument.At, $"\":{argument.Text}\" stands before the arguments without a tag");
            if (!used[i] && argument.IsTag)
                throw new SieveSyntaxException(argument.At, $"\"{Name}\" knows no \":{argument.Text}\" here") { IsUnknown = true };
            if (!used[i]) positional.Add(argument);
        }
        return positional;
    }
}
