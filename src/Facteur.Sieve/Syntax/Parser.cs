namespace Facteur.Sieve.Syntax;

/// <summary>Reads a script into its tree by the grammar of RFC 5228 §8.2. Depth and size are bounded; each error has its place, and reading goes on behind it.</summary>
internal ref struct Parser
{
    private readonly SieveLimits limits;
    private readonly List<SieveError> errors;
    private Lexer lexer;
    private Token token;
    private int nodes;
    private bool isOver;

    public Parser(ReadOnlySpan<byte> script, SieveLimits limits, List<SieveError> errors)
    {
        this.limits = limits;
        this.errors = errors;
        lexer = new Lexer(script);
    }

    /// <summary>All commands that could be read; errors are in the list given.</summary>
    public IReadOnlyList<SyntaxNode> Run()
    {
        try
        {
            Advance();
            var commands = Commands(0);
            while (!isOver && token.Kind != TokenKind.End)
            {
                Report(token.At, ScriptText.ClosesNothing);
                Advance();
                commands.AddRange(Commands(0));
            }
            return commands;
        }
        catch (SieveSyntaxException e)
        {
            // No token: where the next one starts is anyone's guess.
            Report(e.At, e.Sentence);
            return [];
        }
    }

    private List<SyntaxNode> Commands(int depth)
    {
        var commands = new List<SyntaxNode>();
        while (!isOver && token.Kind is not (TokenKind.End or TokenKind.RightBrace))
        {
            var failed = false;
            try
            {
                commands.Add(Command(depth));
            }
            catch (GrammarException e)
            {
                Report(e.At, e.Sentence);
                failed = true;
            }
            if (failed) Recover();
        }
        return commands;
    }

    private SyntaxNode Command(int depth)
    {
        var name = Expect(TokenKind.Identifier, ScriptText.ACommand);
        Count(name.At);
        var arguments = Arguments();
        var tests = Tests(0, out var hasList);
        if (token.Kind == TokenKind.Semicolon)
        {
            Advance();
            return new SyntaxNode(name.Text, name.At, arguments, tests, hasList, null);
        }
        if (token.Kind != TokenKind.LeftBrace)
            throw new GrammarException(token.At, ScriptText.SemicolonExpected.With(name.Text, token.Name));
        if (depth == limits.MaxNesting) throw new SieveSyntaxException(token.At, ScriptText.BlocksTooDeep.With(limits.MaxNesting));
        var open = token.At;
        Advance();
        var block = Commands(depth + 1);
        if (token.Kind != TokenKind.RightBrace) throw new GrammarException(open, ScriptText.BraceNotClosed);
        Advance();
        return new SyntaxNode(name.Text, name.At, arguments, tests, hasList, block);
    }

    private List<SyntaxArgument> Arguments()
    {
        var arguments = new List<SyntaxArgument>();
        while (true)
        {
            switch (token.Kind)
            {
                case TokenKind.Tag or TokenKind.Number or TokenKind.String:
                    arguments.Add(new SyntaxArgument(token.Kind, token.At, token.Text, token.Number));
                    Advance();
                    continue;
                case TokenKind.LeftBracket:
                    arguments.Add(List());
                    continue;
                default:
                    return arguments;
            }
        }
    }

    private SyntaxArgument List()
    {
        var at = token.At;
        var items = new List<SyntaxArgument>();
        do
        {
            Advance();
            var item = Expect(TokenKind.String, ScriptText.AString);
            items.Add(new SyntaxArgument(TokenKind.String, item.At, item.Text));
        }
        while (token.Kind == TokenKind.Comma);
        Expect(TokenKind.RightBracket, ScriptText.Either.With(",", "]"));
        return new SyntaxArgument(TokenKind.LeftBracket, at, Items: items);
    }

    private List<SyntaxNode> Tests(int depth, out bool hasList)
    {
        var tests = new List<SyntaxNode>();
        hasList = token.Kind == TokenKind.LeftParenthesis;
        if (token.Kind == TokenKind.Identifier) tests.Add(Test(depth));
        if (!hasList) return tests;
        do
        {
            Advance();
            tests.Add(Test(depth));
        }
        while (token.Kind == TokenKind.Comma);
        Expect(TokenKind.RightParenthesis, ScriptText.Either.With(",", ")"));
        return tests;
    }

    private SyntaxNode Test(int depth)
    {
        if (depth == limits.MaxNesting) throw new SieveSyntaxException(token.At, ScriptText.TestsTooDeep.With(limits.MaxNesting));
        var name = Expect(TokenKind.Identifier, ScriptText.ATest);
        Count(name.At);
        var arguments = Arguments();
        var tests = Tests(depth + 1, out var hasList);
        return new SyntaxNode(name.Text, name.At, arguments, tests, hasList, null);
    }

    private Token Expect(TokenKind kind, SieveSentence what)
    {
        if (token.Kind != kind) throw new GrammarException(token.At, ScriptText.Expected.With(what, token.Name));
        var found = token;
        Advance();
        return found;
    }

    private void Advance() => token = lexer.Next();

    private void Count(SievePosition at)
    {
        if (++nodes > limits.MaxNodes) throw new SieveSyntaxException(at, ScriptText.TooManyNodes.With(limits.MaxNodes));
    }

    private void Report(SievePosition at, SieveSentence sentence)
    {
        errors.Add(new SieveError(at, sentence));
        isOver = errors.Count >= limits.MaxErrors;
    }

    /// <summary>Goes on behind the command that could not be read: past its semicolon, or past its block.</summary>
    private void Recover()
    {
        var depth = 0;
        while (token.Kind != TokenKind.End)
        {
            var kind = token.Kind;
            if (kind == TokenKind.RightBrace && depth == 0) return;
            Advance();
            if (kind == TokenKind.LeftBrace) depth++;
            if (kind == TokenKind.RightBrace && --depth == 0) return;
            if (kind == TokenKind.Semicolon && depth == 0) return;
        }
    }

    /// <summary>The tokens are right and their order is not: the next command can be found.</summary>
    private sealed class GrammarException(SievePosition at, SieveSentence sentence) : Exception(sentence.ToString())
    {
        public SieveSentence Sentence { get; } = sentence;

        public SievePosition At { get; } = at;
    }
}
