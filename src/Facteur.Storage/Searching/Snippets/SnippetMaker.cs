using Facteur.Mail;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Searching;

/// <summary>Shows where a search was found: the subject, and the text near the first match, with what was looked for between mark tags (RFC 8621 §5).</summary>
public sealed class SnippetMaker
{
    /// <summary>Needles looked for; a search has some.</summary>
    private const int MaxNeedles = 50;

    /// <summary>Characters of text looked at in one email, in all of its parts.</summary>
    private const int MaxCharacters = 512 * 1024;

    /// <summary>And in all emails it makes snippets of; past it there are no more previews.</summary>
    private const int MaxAllCharacters = 8 * 1024 * 1024;

    /// <summary>Octets of a preview (RFC 8621 §5).</summary>
    private const int MaxPreview = 255;

    private readonly MailStore store;
    private readonly List<string> inSubject = [];
    private readonly List<string> inText = [];
    private int leftOfAll = MaxAllCharacters;

    /// <param name="condition">What was searched; what it leaves out is not looked for.</param>
    public SnippetMaker(MailStore store, SearchCondition condition)
    {
        this.store = store;
        Gather(condition);
    }

    /// <summary>Subject and preview, null without a match; for the email that was read with <see cref="EmailFields.Parts"/>.</summary>
    public async ValueTask<(string? Subject, string? Preview)> MakeAsync(EmailDetailReader email, CancellationToken cancel)
    {
        var subject = inSubject.Count > 0 ? Marked.Whole(email.Subject, inSubject) : null;
        return (subject, inText.Count > 0 ? await PreviewAsync(email, cancel) : null);
    }

    private void Gather(SearchCondition condition)
    {
        var open = new Stack<SearchCondition>();
        open.Push(condition);
        while (open.TryPop(out var next))
            switch (next)
            {
                case NotCondition:
                    break;
                case TextCondition { Needle.IsEmpty: false } text:
                    if (text.Scope != TextScope.Body) Add(inSubject, text.Needle);
                    Add(inText, text.Needle);
                    break;
                case FieldCondition { Field: FoldedField.Subject, Needle.IsEmpty: false } field:
                    Add(inSubject, field.Needle);
                    break;
                default:
                    foreach (var child in next.Children) open.Push(child);
                    break;
            }
    }

    private static void Add(List<string> needles, FoldedNeedle needle)
    {
        if (needles.Count < MaxNeedles && !needles.Contains(needle.Text)) needles.Add(needle.Text);
    }

    // The first part with a match: plain text stands before its HTML form.
    private async ValueTask<string?> PreviewAsync(EmailDetailReader email, CancellationToken cancel)
    {
        var parts = TextParts(email.Parts);
        if (parts.Count == 0 || leftOfAll <= 0) return null;
        var left = MaxCharacters;
        try
        {
            await using var body = await store.OpenBodyAsync(email.Body, cancel);
            if (body is null) return null;
            foreach (var part in parts)
            {
                if (left <= 0) break;
                var text = await SnippetText.ReadAsync(body, part, left, cancel);
                left -= text.Length;
                leftOfAll -= text.Length;
                if (Marked.Preview(text, inText, MaxPreview) is { } preview) return preview;
            }
        }
        catch (DamagedMessageException)
        {
            // No preview; who opens the message is told why.
        }
        return null;
    }

    private static List<MessagePart> TextParts(ReadOnlySpan<byte> table)
    {
        var found = new List<MessagePart>();
        var open = new Stack<MessagePart>();
        try
        {
            open.Push(PartTable.Parse(table));
        }
        catch (InvalidDataException)
        {
            return found;
        }
        while (open.TryPop(out var part))
        {
            for (var i = part.Children.Count - 1; i >= 0; i--) open.Push(part.Children[i]);
            if (part is { Type: "text", Children.Count: 0, BodyLength: > 0 }) found.Add(part);
        }
        return found;
    }
}
