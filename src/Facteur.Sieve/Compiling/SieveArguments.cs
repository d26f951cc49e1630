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
    public void Need(string extension, SievePosition at, SieveSentence what)
    {
        if (compiler.Has(extension)) return;
        if (compiler.DefersChecks && Extensions.IsKnown(extension)) Deferred.Add(extension);
        else throw new SieveSyntaxException(at, ScriptText.NeedsRequire.With(what, extension));
    }

    /// <summary>So many regular expressions are used here.</summary>
    public void CountRegexes(int count) => compiler.CountRegexes(count, node.At);

    public SieveSyntaxException Error(SieveSentence sentence) => new(node.At, sentence);

    /// <summary>True when the tag is there.</summary>
    public bool Flag(string tag, string? extension = null) => Find(tag, extension) >= 0;

    /// <summary>The place of a tag, for errors about it.</summary>
    public SievePosition? FlagAt(string tag, string? extension = null) => Find(tag, extension) is >= 0 and var at ? node.Arguments[at].At : null;

    public SieveString? TaggedString(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? compiler.String(Value(at, TokenKind.String, ScriptText.AString)) : null;

    public IReadOnlyList<SieveString>? TaggedStrings(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? compiler.Strings(Value(at, TokenKind.LeftBracket, ScriptText.Strings)) : null;

    public long? TaggedNumber(string tag, string? extension = null) =>
        Find(tag, extension) is >= 0 and var at ? Value(at, TokenKind.Number, ScriptText.ANumber).Number : null;

    /// <summary>The one of several tags that is there; an error when two are.</summary>
    public string? OneOf(params ReadOnlySpan<string> tags)
    {
        string? found = null;
        foreach (var tag in tags)
        {
            if (Find(tag, null) is not (>= 0 and var at)) continue;
            if (found is not null) throw new SieveSyntaxException(node.Arguments[at].At, ScriptText.ExcludeEachOther.With(found, tag));
            found = tag;
        }
        return found;
    }

    /// <summary>Arguments without a tag that were not taken yet.</summary>
    public int Left => Positional().Count - next;

    public SieveString String(SieveSentence what) => compiler.String(Take(TokenKind.String, ScriptText.AStringFor.With(what)));

    public IReadOnlyList<SieveString> Strings(SieveSentence what) => compiler.Strings(Take(TokenKind.LeftBracket, ScriptText.StringsFor.With(what)));

    public long Number(SieveSentence what) => Take(TokenKind.Number, ScriptText.ANumberFor.With(what)).Number;

    /// <summary>A string that variables may not change.</summary>
    public string Constant(SieveSentence what)
    {
        var text = String(what);
        return text.IsConstant ? text.Source : throw new SieveSyntaxException(text.At, ScriptText.MustBeConstant.With(what));
    }

    public IReadOnlyList<string> Constants(SieveSentence what)
    {
        var constants = new List<string>();
        foreach (var text in Strings(what))
            constants.Add(text.IsConstant ? text.Source : throw new SieveSyntaxException(text.At, ScriptText.MustBeConstant.With(what)));
        return constants;
    }

    public SieveTest Test()
    {
        tookTests = true;
        if (node.HasTestList || node.Tests.Count != 1) throw Error(ScriptText.TakesOneTest.With(Name));
        return compiler.Test(node.Tests[0]);
    }

    public IReadOnlyList<SieveTest> Tests()
    {
        tookTests = true;
        if (!node.HasTestList) throw Error(ScriptText.TakesTests.With(Name));
        return [.. node.Tests.Select(compiler.Test)];
    }

    public Block Block()
    {
        tookBlock = true;
        // Before the block, so that nothing can be wrong after it: a block is compiled once.
        End();
        return node.Block is null ? throw Error(ScriptText.TakesABlock.With(Name)) : compiler.Block(node.Block);
    }

    /// <summary>The block of a loop with that name, or without one.</summary>
    public Block Loop(string? name) => compiler.InLoop(name, Block);

    /// <summary>Names of the loops around this, innermost first; null for one without a name.</summary>
    public IEnumerable<string?> Loops => compiler.Loops;

    /// <summary>There is nothing more than what was asked for.</summary>
    public void End()
    {
        if (Positional().Count > next) throw new SieveSyntaxException(positional![next].At, ScriptText.TakesNoMore.With(Name));
        if (!tookTests && (node.Tests.Count > 0 || node.HasTestList)) throw Error(ScriptText.TakesNoTest.With(Name));
        if (!tookBlock && node.Block is not null) throw Error(ScriptText.TakesNoBlock.With(Name));
    }

    private int Find(string tag, string? extension)
    {
        var found = -1;
        for (var i = 0; i < node.Arguments.Count; i++)
        {
            if (!node.Arguments[i].IsTag || node.Arguments[i].Text != tag) continue;
            if (found >= 0) throw new SieveSyntaxException(node.Arguments[i].At, ScriptText.TagTwice.With(tag));
            found = i;
        }
        if (found < 0) return -1;
        if (extension is not null) Need(extension, node.Arguments[found].At, ScriptText.Quoted.With(":" + tag));
        used[found] = true;
        return found;
    }

    private SyntaxArgument Value(int tag, TokenKind kind, SieveSentence what)
    {
        if (tag + 1 >= node.Arguments.Count || !Fits(node.Arguments[tag + 1].Kind, kind))
            throw new SieveSyntaxException(node.Arguments[tag].At, ScriptText.TagTakes.With(node.Arguments[tag].Text, what));
        used[tag + 1] = true;
        return node.Arguments[tag + 1];
    }

    private SyntaxArgument Take(TokenKind kind, SieveSentence what)
    {
        if (next >= Positional().Count) throw Error(ScriptText.ArgumentMissing.With(Name, what));
        var argument = positional![next++];
        return Fits(argument.Kind, kind) ? argument : throw new SieveSyntaxException(argument.At, ScriptText.ArgumentTakes.With(Name, what));
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
                throw new SieveSyntaxException(argument.At, ScriptText.TagComesFirst.With(argument.Text));
            if (!used[i] && argument.IsTag)
                throw new SieveSyntaxException(argument.At, ScriptText.NoSuchTag.With(Name, argument.Text)) { IsUnknown = true };
            if (!used[i]) positional.Add(argument);
        }
        return positional;
    }
}
