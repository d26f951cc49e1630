namespace Facteur.Jmap;

/// <summary>
/// What of a body is shown as text, as HTML, and what is attached: the algorithm that RFC 8621 §4.1.4 gives, step by step, so that every JMAP client
/// and server agrees on it.
/// </summary>
internal sealed class BodySelection
{
    private readonly List<BodyPart> textBody = [];
    private readonly List<BodyPart> htmlBody = [];
    private readonly List<BodyPart> attachments = [];

    private BodySelection() { }

    public IReadOnlyList<BodyPart> TextBody => textBody;

    public IReadOnlyList<BodyPart> HtmlBody => htmlBody;

    public IReadOnlyList<BodyPart> Attachments => attachments;

    public static BodySelection Of(BodyPart bodyStructure)
    {
        var selection = new BodySelection();
        selection.Parse([bodyStructure], "mixed", false, selection.htmlBody, selection.textBody);
        return selection;
    }

    // It calls itself as deep as multiparts nest, which the parser bounds (MimeLimits.MaxDepth).
    private void Parse(IReadOnlyList<BodyPart> parts, string multipartType, bool inAlternative, List<BodyPart>? html, List<BodyPart>? text)
    {
        var (textLength, htmlLength) = (text?.Count ?? -1, html?.Count ?? -1);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.IsMultipart)
            {
                var subtype = part.Part.Subtype;
                Parse(part.SubParts, subtype, inAlternative || subtype == "alternative", html, text);
            }
            else if (!IsInline(part, i, multipartType)) attachments.Add(part);
            else if (multipartType == "alternative")
                // A form that is shown already is a file beside it.
                (part.MediaType switch { "text/plain" => text ?? attachments, "text/html" => html ?? attachments, _ => attachments }).Add(part);
            else
            {
                // Within an alternative, what follows belongs to the form this part begins.
                if (inAlternative && part.MediaType == "text/plain") html = null;
                if (inAlternative && part.MediaType == "text/html") text = null;
                text?.Add(part);
                html?.Add(part);
                // A text below both forms belongs to neither: the script would lose it, and attachments are all that is in no body.
                if ((text is null || html is null) && part.IsMedia || text is null && html is null) attachments.Add(part);
            }
        }
        if (multipartType == "alternative" && text is not null && html is not null) Share(text, textLength, html, htmlLength);
    }

    /// <summary>A body part rather than an attachment.</summary>
    private static bool IsInline(BodyPart part, int index, string multipartType) =>
        part.Part.Disposition != "attachment"
        && (part.MediaType is "text/plain" or "text/html" || part.IsMedia)
        // Of a multipart/related only the first; a text with a file name that is not the first is a file.
        && (index == 0 || multipartType != "related" && (part.IsMedia || string.IsNullOrEmpty(part.Part.FileName)));

    /// <summary>An alternative of one form only stands for both.</summary>
    private static void Share(List<BodyPart> text, int textLength, List<BodyPart> html, int htmlLength)
    {
        var (onlyHtml, onlyText) = (textLength == text.Count && htmlLength != html.Count, htmlLength == html.Count && textLength != text.Count);
        if (onlyHtml) text.AddRange(html.Skip(htmlLength));
        if (onlyText) html.AddRange(text.Skip(textLength));
    }
}
