using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Reads address lists: RFC 5322 §3.4, the obsolete syntax of §4.4, RFC 6532, and what clients send instead. The only address parser of
/// the server, so that what a policy checks is what a person sees.</summary>
/// <remarks>
/// Nothing is refused and nothing is hidden: each address is listed, and one with junk in it ("a@b@c", a control character) keeps the junk in
/// its domain or local part, where <see cref="MailAddress"/> refuses it. Linear in the length of the field, without recursion.
/// </remarks>
public static class AddressParser
{
    /// <summary>The elements of an address field, in order.</summary>
    /// <param name="field">Field body as it stands in the message; may be folded.</param>
    /// <param name="maxAddresses">Elements read at most; the rest of the field is left out. An open group is closed all the same.</param>
    public static IReadOnlyList<AddressItem> ParseList(ReadOnlySpan<byte> field, int maxAddresses) =>
        new AddressListReading(field, maxAddresses).Run();
}

/// <summary>One pass over one field.</summary>
internal ref struct AddressListReading(ReadOnlySpan<byte> field, int maxItems)
{
    private readonly ReadOnlySpan<byte> field = field;
    private readonly List<AddressItem> items = [];
    private readonly List<AddressToken> words = []; // of the mailbox being read, outside angle brackets
    private AddressLexer lexer = new(field);
    private AddressToken comment; // the last one of this mailbox: "a@b (Name)"
    private AddressItem? bracketed; // the mailbox in angle brackets, waiting for a comment that names it
    private bool inGroup;
    private bool cut; // the next word does not continue the one before

    public IReadOnlyList<AddressItem> Run()
    {
        while (items.Count < maxItems && lexer.TryNext(out var token))
            Take(token);
        EndMailbox();
        EndGroup();
        return items;
    }

    private void Take(AddressToken token)
    {
        switch (token.Kind)
        {
            case AddressTokenKind.Comment:
                if (token.Length > 0)
                    comment = token;
                break;
            case AddressTokenKind.Comma:
                EndMailbox();
                break;
            case AddressTokenKind.Semicolon: // ends a group; between mailboxes it is Outlook's comma
                EndMailbox();
                EndGroup();
                break;
            case AddressTokenKind.Colon:
                StartGroup();
                break;
            case AddressTokenKind.Open:
                ReadAngle();
                break;
            case AddressTokenKind.Close:
                cut = true;
                break;
            default:
                words.Add(cut ? token with { Apart = true } : token);
                cut = false;
                break;
        }
    }

    private void StartGroup()
    {
        cut = true;
        if (words.Count == 0 || bracketed is not null || words.Exists(word => word.Kind == AddressTokenKind.At))
            return; // no group's name: a colon out of place
        EndGroup();
        var name = Phrase(0, words.Count);
        words.Clear();
        comment = default;
        if (items.Count >= maxItems)
            return;
        items.Add(new AddressItem(AddressItemKind.GroupStart, Decoded(name), Raw(name), null, "", ""));
        inGroup = true;
    }

    private void EndGroup()
    {
        if (inGroup)
            items.Add(AddressItem.EndOfGroup);
        inGroup = false;
    }

    // "<" [route ":"] local "@" domain ">", the closing bracket optional at a comma, a semicolon or the end.
    private void ReadAngle()
    {
        if (bracketed is not null)
            FinishBracketed(); // a comma is missing between two mailboxes
        var inside = new List<AddressToken>();
        string? route = null;
        var ended = AddressTokenKind.Close;
        while (lexer.TryNext(out var token) && token.Kind != AddressTokenKind.Close)
        {
            var inRoute = route is null && inside.Count > 0 && inside[0].Kind == AddressTokenKind.At;
            if (token.Kind is AddressTokenKind.Semicolon || token.Kind == AddressTokenKind.Comma && !inRoute)
            {
                ended = token.Kind;
                break;
            }
            if (token.Kind == AddressTokenKind.Comment)
                comment = token;
            else if (token.Kind == AddressTokenKind.Colon && inRoute)
            {
                route = Text(inside, 0, inside.Count);
                inside.Clear();
            }
            else if (token.Kind == AddressTokenKind.Colon && inside.Count == 1 && Ascii.EqualsIgnoreCase(field.Slice(inside[0].Start, inside[0].Length), "mailto"u8))
                inside.Clear(); // "<mailto:a@b>"
            else if (token.Kind != AddressTokenKind.Open)
                inside.Add(token);
        }
        var name = Phrase(0, words.Count);
        words.Clear();
        cut = true;
        var at = inside.FindIndex(word => word.Kind == AddressTokenKind.At);
        bracketed = new AddressItem(AddressItemKind.Mailbox, Decoded(name), Raw(name), route,
            Text(inside, 0, at < 0 ? inside.Count : at), at < 0 ? "" : Text(inside, at + 1, inside.Count));
        if (ended != AddressTokenKind.Close)
            Take(new AddressToken(ended, 0, 0, false));
    }

    private void FinishBracketed()
    {
        var item = bracketed!;
        if (item.RawDisplayName is null && comment.Length > 0)
        {
            var name = CommentText();
            item = item with { DisplayName = Decoded(name), RawDisplayName = Raw(name) };
        }
        if (items.Count < maxItems)
            items.Add(item);
        bracketed = null;
        comment = default;
    }

    private void EndMailbox()
    {
        var after = bracketed is not null;
        if (after)
            FinishBracketed();
        if (words.Count > 0)
            ReadBare(after);
        words.Clear();
        comment = default;
        cut = false;
    }

    // Words without angle brackets: "a@b", "a@b (Name)", "Name a@b", "a@b c@d" where a comma was forgotten; or a name alone.
    private void ReadBare(bool afterBracketed)
    {
        var nameStart = 0;
        var found = afterBracketed; // what follows brackets is noise unless it is an address
        for (var start = 0; start < words.Count && items.Count < maxItems;)
        {
            var end = ChainEnd(start);
            var at = words.FindIndex(start, end - start, word => word.Kind == AddressTokenKind.At);
            if (at >= 0)
            {
                var name = nameStart < start ? Phrase(nameStart, start) : CommentText();
                items.Add(new AddressItem(AddressItemKind.Mailbox, Decoded(name), Raw(name), null, Text(words, start, at), Text(words, at + 1, end)));
                nameStart = end;
                found = true;
            }
            start = end;
        }
        if (!found && items.Count < maxItems)
            ReadNameAlone();
    }

    // One atom is a local part without its domain ("root"); more, or a quoted string, is a name without an address.
    private void ReadNameAlone()
    {
        if (ChainEnd(0) == words.Count && words[0].Kind == AddressTokenKind.Atom)
        {
            var name = CommentText();
            items.Add(new AddressItem(AddressItemKind.Mailbox, Decoded(name), Raw(name), null, Text(words, 0, words.Count), ""));
            return;
        }
        var phrase = Phrase(0, words.Count);
        if (Raw(phrase) is { } raw)
            items.Add(new AddressItem(AddressItemKind.Mailbox, Decoded(phrase), raw, null, "", ""));
    }

    // Words that belong together: nothing between them, or a dot or "@" on either side (RFC 5322 §4.4 allows blanks there).
    private readonly int ChainEnd(int start)
    {
        var end = start + 1;
        while (end < words.Count && (!words[end].Apart || Joins(words[end - 1], last: true) || Joins(words[end], last: false)))
            end++;
        return end;
    }

    private readonly bool Joins(AddressToken word, bool last) => word.Kind == AddressTokenKind.At
        || word.Kind == AddressTokenKind.Atom && field[last ? word.Start + word.Length - 1 : word.Start] == '.';

    private readonly ArrayBufferWriter<byte> Phrase(int start, int end)
    {
        var output = new ArrayBufferWriter<byte>(64);
        for (var i = start; i < end; i++)
        {
            if (i > start && words[i].Apart)
                output.Write(" "u8);
            Unquoted(words[i], output);
        }
        return output;
    }

    private readonly ArrayBufferWriter<byte> CommentText()
    {
        var output = new ArrayBufferWriter<byte>(64);
        if (comment.Length > 0)
            Unquoted(comment, output);
        return output;
    }

    private readonly string Text(List<AddressToken> tokens, int start, int end)
    {
        if (end - start == 1 && tokens[start].Kind != AddressTokenKind.Quoted)
            return Visible(field.Slice(tokens[start].Start, tokens[start].Length));
        var output = new ArrayBufferWriter<byte>(64);
        for (var i = start; i < end; i++)
        {
            if (i > start && tokens[i].Apart && !Joins(tokens[i - 1], last: true) && !Joins(tokens[i], last: false))
                output.Write(" "u8);
            Unquoted(tokens[i], output);
        }
        return Visible(output.WrittenSpan);
    }

    private readonly void Unquoted(AddressToken token, ArrayBufferWriter<byte> output)
    {
        var text = field.Slice(token.Start, token.Length);
        if (token.Kind is not (AddressTokenKind.Quoted or AddressTokenKind.Comment))
        {
            output.Write(text);
            return;
        }
        while (!text.IsEmpty)
        {
            var special = text.IndexOfAny("\\\r\n"u8);
            output.Write(special < 0 ? text : text[..special]);
            if (special < 0)
                return;
            var pair = text[special] == '\\' && special + 1 < text.Length;
            if (pair)
                output.Write(text.Slice(special + 1, 1));
            text = text[(special + (pair ? 2 : 1))..];
        }
    }

    private static string? Decoded(ArrayBufferWriter<byte> name) =>
        EncodedWords.Decode(name.WrittenSpan) is { Length: > 0 } text ? text : null;

    private static string? Raw(ArrayBufferWriter<byte> name) =>
        EncodedWords.OneLine(Charsets.Unlabelled.GetString(name.WrittenSpan)).Trim() is { Length: > 0 } text ? text : null;

    // A control character in an address must show, and must make it no address at all.
    private static string Visible(ReadOnlySpan<byte> octets)
    {
        var text = Charsets.Unlabelled.GetString(octets);
        return text.AsSpan().ContainsAnyInRange('\0', '\u001F') || text.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
            ? string.Create(text.Length, text, (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
            })
            : text;
    }
}
