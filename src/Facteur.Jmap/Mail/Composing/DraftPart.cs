namespace Facteur.Jmap;

/// <summary>An EmailBodyPart of a message that a client composes (RFC 8621 §4.1.4, §4.6): a text of the request, a blob, or parts.</summary>
internal sealed class DraftPart
{
    /// <summary>Type and subtype in lower case; "" for a blob to say.</summary>
    public required string Type { get; init; }

    /// <summary>Parameters of Content-Type beside those that the content decides.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>The value of the part, for one with a partId.</summary>
    public string? Text { get; init; }

    public string? BlobId { get; init; }
    public string? Charset { get; init; }
    public string? Disposition { get; set; }
    public string? FileName { get; init; }
    public string? Cid { get; init; }
    public DraftHeader Header { get; init; } = new();
    public IReadOnlyList<DraftPart> SubParts { get; init; } = [];

    public bool IsMultipart => Type.StartsWith("multipart/", StringComparison.Ordinal);

    /// <summary>Parts one after another.</summary>
    public static DraftPart Of(string subtype, IReadOnlyList<DraftPart> parts, params IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        new() { Type = "multipart/" + subtype, SubParts = parts, Parameters = parameters };

    /// <summary>This part and those in it.</summary>
    public IEnumerable<DraftPart> All() => SubParts.SelectMany(static part => part.All()).Prepend(this);
}
