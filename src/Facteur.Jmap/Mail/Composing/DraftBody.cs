using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>The body of a message that a client composes: as it structured it, or structured here from texts and attachments (RFC 8621 §4.6).</summary>
internal static class DraftBody
{
    /// <summary>The one part that is the body; what is wrong is noted.</summary>
    public static DraftPart Read(JmapObjectReader email)
    {
        var reader = new DraftPartReader(email.Object("bodyValues"));
        if (email.Object("bodyStructure") is { } structure)
        {
            foreach (var property in (ReadOnlySpan<string>)["textBody", "htmlBody", "attachments"])
                if (email.Has(property)) email.Invalid(property, $"bodyStructure and {property} say the same");
            return reader.Read(email.Child(structure, "bodyStructure"), structure.TryGetProperty("subParts", out _) ? "multipart/mixed" : "");
        }
        var text = ReadOne(reader, email, "textBody", "text/plain");
        var html = ReadOne(reader, email, "htmlBody", "text/html");
        var attachments = new List<DraftPart>();
        if (email.Array("attachments") is { } list)
            foreach (var (index, part) in list.EnumerateArray().Index())
                if (part.ValueKind == JsonValueKind.Object) attachments.Add(reader.Read(email.Child(part, $"attachments/{index}"), ""));
                else email.Invalid($"attachments/{index}", "a part is an object");
        return Compose(text, html, attachments);
    }

    // mixed(alternative(text, related(html, images...)), attachments...): the order clients expect (RFC 2046 §5.1.4, RFC 2387).
    private static DraftPart Compose(DraftPart? text, DraftPart? html, List<DraftPart> attachments)
    {
        var related = html is null ? [] : attachments.FindAll(part => IsShownBy(html, part));
        var others = attachments.Except(related).ToList();
        foreach (var part in related) part.Disposition ??= "inline";
        foreach (var part in others) part.Disposition ??= "attachment";
        if (html is not null && related.Count > 0) html = DraftPart.Of("related", [html, .. related], new KeyValuePair<string, string>("type", "text/html"));
        var content = text is null ? html : html is null ? text : DraftPart.Of("alternative", [text, html]);
        content ??= others.Count == 0 ? new DraftPart { Type = "text/plain", Text = "" } : null;
        if (others.Count == 0) return content!;
        return DraftPart.Of("mixed", content is null ? others : [content, .. others]);
    }

    private static bool IsShownBy(DraftPart html, DraftPart part) =>
        part.Cid is { } cid && part.Disposition != "attachment"
        && (part.Disposition == "inline" || (html.Text ?? "").Contains("cid:" + cid, StringComparison.OrdinalIgnoreCase));

    /// <summary>A list of exactly one part, of exactly this type.</summary>
    private static DraftPart? ReadOne(DraftPartReader reader, JmapObjectReader email, string property, string type)
    {
        if (email.Array(property) is not { } list) return null;
        if (list.GetArrayLength() != 1 || list[0].ValueKind != JsonValueKind.Object)
        {
            email.Invalid(property, $"{property} has exactly one part");
            return null;
        }
        var of = email.Child(list[0], $"{property}/0");
        var part = reader.Read(of, type);
        if (part.Type != type) of.Invalid("type", $"{property} is of type {type}");
        return part;
    }
}
