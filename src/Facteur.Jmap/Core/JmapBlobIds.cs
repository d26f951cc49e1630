using System.Buffers;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Ids of blobs (RFC 8620 §6): "e12" is the message of email 12, "e12-1_2" the decoded content of its part 1.2, "u7" an upload, "u7-1" a part of the
/// message that was uploaded, "c9" what a script says. They are looked up in an account, never by content: an id tells nothing about what others have.
/// </summary>
/// <param name="Part">Section of the part ("1.2"), decoded; null for the whole message or upload as it is stored.</param>
public readonly record struct JmapBlobId(EmailId? Email, string? Part, UploadId? Upload)
{
    private const int MaxPart = 200;
    private static readonly SearchValues<char> PartCharacters = SearchValues.Create("0123456789_");

    /// <summary>Number of what a script says; null for anything else.</summary>
    public long? Script { get; init; }

    public static JmapBlobId Of(EmailId email) => new(email, null, null);

    public static JmapBlobId Of(EmailId email, string part) => new(email, part, null);

    public static JmapBlobId Of(UploadId upload) => new(null, null, upload);

    /// <param name="content">Another one each time that the script is changed.</param>
    public static JmapBlobId OfScript(long content) => new(null, null, null) { Script = content };

    /// <summary>A part of the message that this blob is.</summary>
    /// <param name="section">Its section in that message.</param>
    public JmapBlobId PartOf(string section) => this with { Part = Part is null ? section : $"{Part}.{section}" };

    public override string ToString()
    {
        if (Script is { } script) return JmapIds.Write('c', script);
        var whole = Upload is { } upload ? JmapIds.Write('u', upload.Value) : JmapIds.Of(Email!.Value);
        return Part is null ? whole : whole + "-" + Part.Replace('.', '_');
    }

    public static bool TryParse(string? text, out JmapBlobId id)
    {
        id = default;
        if (text is null) return false;
        if (JmapIds.Try(text, 'c', out var script))
        {
            id = OfScript(script);
            return true;
        }
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var whole = dash < 0 ? text : text[..dash];
        if (JmapIds.Try(whole, 'u', out var upload)) id = Of(new UploadId(upload));
        else if (JmapIds.TryRead(whole, out EmailId email)) id = Of(email);
        else return false;
        if (dash < 0) return true;
        var part = text[(dash + 1)..];
        if (part.Length is 0 or > MaxPart || part.AsSpan().ContainsAnyExcept(PartCharacters)) return false;
        id = id with { Part = part.Replace('_', '.') };
        return true;
    }
}
