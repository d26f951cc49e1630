using System.Buffers;
using System.Collections.Concurrent;
using System.Net;

namespace Facteur.Mail;

/// <summary>Takes the text out of HTML that comes in pieces, cut anywhere: for search and previews, never for display. Linear, bounded memory.</summary>
/// <remarks>Block elements part words, inline ones do not. Comments, and the content of script, style, title and their kin, are left out.</remarks>
public sealed class HtmlText
{
    private enum State { Text, Entity, TagOpen, TagName, InTag, DoubleQuoted, SingleQuoted, Markup, Comment, RawText }

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    private const int MaxName = 16;
    private const int MaxEntity = 33; // the longest name of HTML has 31 letters

    /// <summary>Stands where block elements part words.</summary>
    public char Separator { get; init; } = ' ';

    private readonly char[] name = new char[MaxName];
    private readonly char[] entity = new char[MaxEntity];
    private int nameLength, entityLength;
    private State state;
    private bool closing; // "</name"
    private string? raw; // element whose content is no text, until its end tag
    private int matched; // characters of "-->" or of "</name" met so far
    private int dashes;

    public void Write(ReadOnlySpan<char> html, IBufferWriter<char> output)
    {
        for (var i = 0; i < html.Length; i++)
        {
            if (state == State.Text)
            {
                var plain = html[i..].IndexOfAny('<', '&');
                output.Write(plain < 0 ? html[i..] : html.Slice(i, plain));
                if (plain < 0)
                    return;
                i += plain;
                state = html[i] == '<' ? State.TagOpen : State.Entity;
                entityLength = nameLength = 0;
                closing = false;
            }
            else
            {
                i += Dull(html[i..]);
                if (i < html.Length && !Step(html[i], output))
                    i--; // the character belongs to the text again
            }
        }
    }

    // How many characters change nothing in the present state.
    private int Dull(ReadOnlySpan<char> html)
    {
        var next = state switch
        {
            State.InTag => html.IndexOfAny('>', '"', '\''),
            State.DoubleQuoted => html.IndexOf('"'),
            State.SingleQuoted => html.IndexOf('\''),
            State.Comment when dashes == 0 => html.IndexOf('-'),
            State.RawText when matched == 0 => html.IndexOf('<'),
            _ => 0,
        };
        return next < 0 ? html.Length : next;
    }

    /// <summary>Ends the text: what looked like an entity or a tag and was never finished is text.</summary>
    public void Complete(IBufferWriter<char> output)
    {
        if (state == State.Entity)
            EndEntity(';', output);
        state = State.Text;
    }

    private bool Step(char c, IBufferWriter<char> output)
    {
        switch (state)
        {
            case State.Entity:
                if (entityLength < MaxEntity && (char.IsAsciiLetterOrDigit(c) || c == '#' && entityLength == 0))
                {
                    entity[entityLength++] = c;
                    return true;
                }
                state = State.Text;
                return EndEntity(c, output);
            case State.TagOpen:
                return OpenTag(c, output);
            case State.TagName when !char.IsAsciiLetterOrDigit(c):
                state = State.InTag;
                return Step(c, output);
            case State.TagName:
                if (nameLength < MaxName)
                    name[nameLength++] = char.ToLowerInvariant(c);
                return true;
            case State.InTag:
                if (c == '>')
                    EndTag(output);
                else if (c == '"')
                    state = State.DoubleQuoted;
                else if (c == '\'')
                    state = State.SingleQuoted;
                return true;
            case State.DoubleQuoted when c == '"':
            case State.SingleQuoted when c == '\'':
                state = State.InTag;
                return true;
            case State.Markup:
                Markup(c);
                return true;
            case State.Comment:
                dashes = c == '-' ? dashes + 1 : c == '>' && dashes >= 2 ? -1 : 0;
                if (dashes < 0)
                    state = State.Text;
                return true;
            case State.RawText:
                MatchEndTag(c);
                return true;
            default:
                return true;
        }
    }

    private bool OpenTag(char c, IBufferWriter<char> output)
    {
        if (char.IsAsciiLetter(c))
        {
            name[nameLength++] = char.ToLowerInvariant(c);
            state = State.TagName;
        }
        else if (c == '/' && !closing)
            closing = true;
        else if (c is '!' or '?' && !closing)
        {
            state = State.Markup;
            dashes = 0;
        }
        else
        {
            output.Write(closing ? "</" : "<"); // "a < b"
            state = State.Text;
            return false;
        }
        return true;
    }

    // "<!--" opens a comment; "<!DOCTYPE", "<![if" and "<?xml" end at the next ">".
    private void Markup(char c)
    {
        if (c == '>')
            state = State.Text;
        else if (c == '-' && dashes >= 0 && ++dashes == 2)
            state = State.Comment;
        else if (c != '-')
            dashes = -1;
    }

    private void EndTag(IBufferWriter<char> output)
    {
        state = State.Text;
        ReadOnlySpan<char> element = name.AsSpan(0, nameLength);
        if (!IsInline(element))
            output.Write([Separator]);
        raw = closing ? null : element switch
        {
            "script" => "script",
            "style" => "style",
            "title" => "title",
            "noembed" => "noembed",
            "noframes" => "noframes",
            "iframe" => "iframe",
            "xmp" => "xmp",
            _ => null,
        };
        if (raw is null)
            return;
        state = State.RawText;
        matched = 0;
    }

    private static bool IsInline(ReadOnlySpan<char> element) => element is "a" or "abbr" or "acronym" or "b" or "bdi" or "bdo" or "big" or "cite"
        or "code" or "del" or "dfn" or "em" or "font" or "i" or "ins" or "kbd" or "mark" or "q" or "s" or "samp" or "small" or "span"
        or "strike" or "strong" or "sub" or "sup" or "tt" or "u" or "var" or "wbr";

    private void MatchEndTag(char c)
    {
        var expected = matched switch { 0 => '<', 1 => '/', _ => raw![matched - 2] };
        if (char.ToLowerInvariant(c) != expected)
        {
            matched = c == '<' ? 1 : 0;
            return;
        }
        if (++matched < raw!.Length + 2)
            return;
        nameLength = raw.Length;
        raw.AsSpan().CopyTo(name);
        raw = null;
        closing = true;
        state = State.InTag;
    }

    private bool EndEntity(char next, IBufferWriter<char> output)
    {
        // Legacy names need no semicolon; a name nobody knows is text.
        var known = Known(entity.AsSpan(0, entityLength));
        if (known is null)
        {
            output.Write("&");
            output.Write(entity.AsSpan(0, entityLength));
            return false;
        }
        output.Write(known);
        return next == ';';
    }

    // Names are remembered, numbers are not: there are some 250 of the first.
    private static string? Known(ReadOnlySpan<char> reference)
    {
        if (reference.Length < 2)
            return null;
        if (reference[0] != '#' && Names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(reference, out var known))
            return known;
        var written = $"&{reference};";
        var decoded = WebUtility.HtmlDecode(written);
        if (decoded == written)
            return null;
        if (reference[0] != '#')
            Names.TryAdd(reference.ToString(), decoded);
        return decoded;
    }
}
