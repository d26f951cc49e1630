using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Facteur.Sieve.Matching;

/// <summary>
/// Extended regular expressions of POSIX, as the draft of "regex" has them, for an engine without backtracking: what it searches is
/// linear in the text. The size an expression comes to is counted before it is built (S-14).
/// </summary>
internal ref struct PosixRegex
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["alnum"] = @"\p{L}\p{Nd}", ["alpha"] = @"\p{L}", ["blank"] = @" \t", ["cntrl"] = @"\p{Cc}", ["digit"] = "0-9", ["graph"] = @"\x21-\x7E\p{L}\p{N}\p{P}\p{S}",
        ["lower"] = @"\p{Ll}", ["print"] = @"\x20-\x7E\p{L}\p{N}\p{P}\p{S}", ["punct"] = @"\p{P}\p{S}", ["space"] = @"\s", ["upper"] = @"\p{Lu}", ["xdigit"] = "0-9A-Fa-f",
    };

    private const int MaxRepeat = 255; // RE_DUP_MAX
    private const int MaxGroups = 50, MaxDepth = 20;

    private readonly ReadOnlySpan<char> pattern;
    private readonly StringBuilder output = new();
    private readonly int maxStates;
    private int at;
    private int groups;

    private PosixRegex(string pattern, int maxStates)
    {
        this.pattern = pattern;
        this.maxStates = maxStates;
    }

    /// <summary>Builds the expression.</summary>
    /// <exception cref="RegexFormatException">It is none, or too large; the message says which.</exception>
    public static Regex Build(string pattern, bool ignoresCase, SieveLimits limits)
    {
        if (pattern.Length > limits.MaxRegexCharacters) throw new RegexFormatException(ScriptText.RegexTooLong.With(limits.MaxRegexCharacters));
        var reading = new PosixRegex(pattern, limits.MaxRegexStates);
        reading.Alternatives(0);
        if (reading.at < pattern.Length) throw new RegexFormatException(ScriptText.RegexClosesNothing);
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(reading.output.ToString(), options, limits.RegexTimeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RegexFormatException(ScriptText.NotARegex, e);
        }
    }

    /// <summary>Reads up to the end or to the ")" that closes a group; answers its states.</summary>
    private int Alternatives(int depth)
    {
        if (depth > MaxDepth) throw new RegexFormatException(ScriptText.RegexTooDeep.With(MaxDepth));
        var states = 0;
        var atom = 0; // states of what a repetition would repeat
        while (at < pattern.Length && pattern[at] != ')')
        {
            var c = pattern[at];
            if (c is '*' or '+' or '?' or '{')
            {
                if (atom == 0) throw new RegexFormatException(ScriptText.RegexRepeatsNothing.With(c));
                states = Checked(states - atom + (long)atom * Repetition());
                // What is repeated once more is the repetition: "a**" is undefined in POSIX.
                atom = 0;
                continue;
            }
            if (c == '|')
            {
                output.Append('|');
                at++;
                atom = 0;
                continue;
            }
            atom = c == '(' ? Group(depth) : Character();
            states = Checked(states + (long)Math.Max(atom, 1));
        }
        return Math.Max(states, 1);
    }

    private readonly int Checked(long states) => states <= maxStates ? (int)states : throw new RegexFormatException(ScriptText.RegexTooLarge);

    private int Group(int depth)
    {
        if (++groups > MaxGroups) throw new RegexFormatException(ScriptText.RegexTooManyGroups.With(MaxGroups));
        output.Append('(');
        at++;
        var states = Alternatives(depth + 1);
        if (at >= pattern.Length) throw new RegexFormatException(ScriptText.RegexNotClosed.With("("));
        at++;
        output.Append(')');
        return states;
    }

    /// <summary>Writes one character, class or anchor; answers its states, none for an anchor.</summary>
    private int Character()
    {
        var c = pattern[at++];
        switch (c)
        {
            case '^':
                output.Append('^');
                return 0;
            case '$':
                output.Append(@"\z");
                return 0;
            case '.':
                output.Append("[^\\n]");
                return 1;
            case '[':
                Bracket();
                return 1;
            case '\\' when at >= pattern.Length:
                throw new RegexFormatException(ScriptText.RegexEndsInBackslash);
            case '\\':
                c = pattern[at++];
                // A letter or digit after a backslash is undefined in POSIX: word boundaries, back references and the like.
                if (char.IsAsciiLetterOrDigit(c)) throw new RegexFormatException(ScriptText.RegexUnsupported.With($"\\{c}"));
                break;
        }
        output.Append(Regex.Escape(c.ToString()));
        if (c == ']' || c == '}') output.Insert(output.Length - 1, '\\');
        return 1;
    }

    private int Repetition()
    {
        var c = pattern[at++];
        if (c != '{')
        {
            output.Append(c);
            return 1;
        }
        var close = pattern[at..].IndexOf('}');
        var bounds = close < 0 ? default : pattern.Slice(at, close);
        var comma = bounds.IndexOf(',');
        var low = Bound(comma < 0 ? bounds : bounds[..comma]);
        var high = comma < 0 ? low : comma == bounds.Length - 1 ? -1 : Bound(bounds[(comma + 1)..]);
        if (high >= 0 && high < low) throw new RegexFormatException(ScriptText.RegexBoundsOrder);
        at += close + 1;
        output.Append('{').Append(bounds).Append('}');
        return Math.Max(Math.Max(low, high), 1);
    }

    private static int Bound(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bound) && bound <= MaxRepeat
            ? bound : throw new RegexFormatException(ScriptText.RegexBounds.With(MaxRepeat));

    /// <summary>A bracket expression: in it a backslash is a backslash, "]" first is itself, classes stand in "[: :]".</summary>
    private void Bracket()
    {
        output.Append('[');
        if (at < pattern.Length && pattern[at] == '^')
        {
            output.Append('^');
            at++;
        }
        for (var first = true; ; first = false)
        {
            if (at >= pattern.Length) throw new RegexFormatException(ScriptText.RegexNotClosed.With("["));
            var c = pattern[at++];
            if (c == ']' && !first) break;
            if (c == '[' && at < pattern.Length && pattern[at] is ':' or '=' or '.')
            {
                Named(pattern[at++]);
                continue;
            }
            // A hyphen between two characters is a range; first or last, itself.
            var isRange = c == '-' && !first && at < pattern.Length && pattern[at] != ']';
            if (!isRange && (c is '\\' or '[' or ']' or '^' or '-')) output.Append('\\');
            output.Append(c);
        }
        output.Append(']');
    }

    private void Named(char kind)
    {
        var close = pattern[at..].IndexOf([kind, ']']);
        if (close < 0) throw new RegexFormatException(ScriptText.RegexNotClosed.With($"[{kind}"));
        var name = pattern.Slice(at, close).ToString();
        at += close + 2;
        if (kind == ':') output.Append(Classes.GetValueOrDefault(name) ?? throw new RegexFormatException(ScriptText.NoSuchClass.With(name)));
        else if (name.Length == 1) output.Append(name is "\\" or "]" or "[" or "^" or "-" ? "\\" + name : name);
        else throw new RegexFormatException(ScriptText.RegexUnsupported.With($"[{kind}{name}{kind}]"));
    }
}

/// <summary>A regular expression is none, or too large.</summary>
internal sealed class RegexFormatException(SieveSentence sentence, Exception? inner = null) : FormatException(sentence.ToString(), inner)
{
    public SieveSentence Sentence { get; } = sentence;
}
