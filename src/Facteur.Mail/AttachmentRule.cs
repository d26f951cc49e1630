namespace Facteur.Mail;

/// <summary>Which parts a person would call an attachment.</summary>
internal static class AttachmentRule
{
    public static bool HasAttachment(List<PartNode> parts)
    {
        foreach (var part in parts)
            if (!part.IsInside && IsAttachment(part)) return true;
        return false;
    }

    private static bool IsAttachment(PartNode part)
    {
        if (part.IsMultipart || IsSignature(part)) return false;
        if (part.Disposition == "attachment") return true;
        var container = part.Parent?.Subtype;
        return part.Type switch
        {
            // A message sent along; not the one a report is about (RFC 6522 §3), nor the parts that are the report.
            "message" => part.HoldsMessage && container != "report",
            // The text itself, its other forms, an invitation beside it; but a text with a file name is a file.
            "text" => part.FileName is not null && part.Parent is not null && container is not ("alternative" or "report" or "related"),
            // An image with an id is shown where the HTML names it.
            _ => part.ContentId is null || container is not "related" && part.Disposition != "inline",
        };
    }

    private static bool IsSignature(PartNode part) => part.Type == "application"
        && part.Subtype is ("pgp-signature" or "pkcs7-signature" or "x-pkcs7-signature" or "pgp-encrypted");
}
