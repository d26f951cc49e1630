using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Compiling;

/// <summary>A string of a script: its text, or with "variables" the pieces that references are put between when it is used.</summary>
// RFC 5229 §3: one pass, unknown variables are empty, what is no reference stays as it is.
internal sealed class SieveString
{
    private const int MaxMatchVariable = 99;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");

    private readonly Piece[] pieces;

    private SieveString(string source, SievePosition at, Piece[] pieces)
    {
        Source = source;
        At = at;
        this.pieces = pieces;
    }

    /// <summary>As written, with its references.</summary>
    public string Source { get; }

    public SievePosition At { get; }

    /// <summary>Always the same: <see cref="Source"/>.</summary>
    public bool IsConstant => pieces.Length == 0;

    public static SieveString Constant(string text, SievePosition at) => new(text, at, []);

    /// <param name="hasNamespaces">The "global" namespace may be named: "include" is required (RFC 6609 §3.4.2).</param>
    /// <exception cref="SieveSyntaxException">A reference names what cannot be.</exception>
    public static SieveString WithVariables(string text, SievePosition at, bool hasNamespaces)
    {
        List<Piece>? pieces = null;
        var start = 0;
        for (var open = text.IndexOf("${", StringComparison.Ordinal); open >= 0;)
        {
            var next = open + 2;
            if (TryReadName(text, next, out var name))
            {
                pieces ??= [];
                if (open > start) pieces.Add(new Piece(text[start..open], null, 0));
                pieces.Add(Reference(name, at, hasNamespaces));
                start = next = next + name.Length + 1;
            }
            open = text.IndexOf("${", next, StringComparison.Ordinal);
        }
        if (pieces is null) return Constant(text, at);
        if (start < text.Length) pieces.Add(new Piece(text[start..], null, 0));
        return new SieveString(text, at, [.. pieces]);
    }

    /// <summary>A name that "set" and "global" take: an identifier (RFC 5229 §4).</summary>
    public static bool IsVariableName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0]) && name.IndexOfAnyExcept(NameCharacters) < 0 && !name.Contains('.');

    public string Expand(SieveRun run)
    {
        if (IsConstant) return Source;
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            var value = piece.Text ?? (piece.Name is null ? run.Frame.Matched(piece.Match) : run.Frame.Variables.Get(piece.Name));
            var room = run.Limits.MaxStringCharacters - text.Length;
            text.Append(value.Length > room ? value.AsSpan(0, room) : value);
            if (value.Length >= room) break;
        }
        run.Work.Spend(text.Length / 32 + pieces.Length);
        return text.ToString();
    }

    private static bool TryReadName(string text, int at, out string name)
    {
        var rest = text.AsSpan(at);
        var length = rest.IndexOfAnyExcept(NameCharacters);
        name = "";
        if (length <= 0 || rest[length] != '}') return false;
        var parts = rest[..length].ToString();
        foreach (var part in parts.Split('.'))
            if (!IsVariableName(part) && (part.Length == 0 || part.AsSpan().ContainsAnyExceptInRange('0', '9'))) return false;
        name = parts;
        return true;
    }

    private static Piece Reference(string name, SievePosition at, bool hasNamespaces)
    {
        if (char.IsAsciiDigit(name[0]) && !name.Contains('.', StringComparison.Ordinal))
        {
            // RFC 5229 §3.2: leading zeros are allowed; §6: an index that is not supported is an error.
            var digits = name.TrimStart('0');
            if (digits.Length > 2) throw new SieveSyntaxException(at, ScriptText.NoMatchVariable.With(name, MaxMatchVariable));
            return new Piece(null, null, digits.Length == 0 ? 0 : int.Parse(digits, CultureInfo.InvariantCulture));
        }
        if (name.Contains('.', StringComparison.Ordinal) && !VariableScope.IsGlobalName(name, hasNamespaces))
            throw new SieveSyntaxException(at, ScriptText.NoNamespace.With(name));
        return new Piece(null, name.ToLowerInvariant(), 0);
    }

    private readonly record struct Piece(string? Text, string? Name, int Match);
}
