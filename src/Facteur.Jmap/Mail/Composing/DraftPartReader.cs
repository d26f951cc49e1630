using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Reads EmailBodyParts with the rules of creation (RFC 8621 §4.6).</summary>
/// <param name="values">"bodyValues" of the email.</param>
internal sealed class DraftPartReader(JsonElement? values)
{
    private const int MaxParts = 1_000;
    private const int MaxParameters = 30;
    // token, RFC 2045 §5.1
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`{|}~");

    private int parts;

    /// <param name="defaultType">Of a part that does not say; "" for that of its blob.</param>
    public DraftPart Read(JmapObjectReader reader, string defaultType)
    {
        if (++parts == MaxParts + 1) reader.Invalid("subParts", $"a message has at most {MaxParts} parts");
        var header = new DraftHeader();
        var contentType = ContentField(reader, "Content-Type");
        var contentDisposition = ContentField(reader, "Content-Disposition");
        ReadFields(reader, header);
        var (type, parameters) = ReadType(reader, contentType, defaultType);
        var (disposition, fileName) = ReadDisposition(reader, contentDisposition);
        var text = ReadText(reader, type);
        return new DraftPart
        {
            Type = type, Parameters = parameters, Text = text, Header = header, Disposition = disposition, FileName = fileName,
            BlobId = ReadBlobId(reader, type), Charset = Token(reader, "charset"), Cid = ReadCid(reader), SubParts = ReadSubParts(reader, type),
        };
    }

    private List<DraftPart> ReadSubParts(JmapObjectReader reader, string type)
    {
        var isMultipart = type.StartsWith("multipart/", StringComparison.Ordinal);
        var subParts = parts > MaxParts ? null : reader.Array("subParts");
        if (isMultipart != (subParts?.GetArrayLength() ?? 0) > 0)
            reader.Invalid("subParts", isMultipart ? "a multipart has parts" : "only a multipart has parts");
        if (subParts is null) return [];
        var read = new List<DraftPart>();
        foreach (var (index, part) in subParts.Value.EnumerateArray().Index())
            if (part.ValueKind == JsonValueKind.Object) read.Add(Read(reader.Child(part, $"subParts/{index}"), part.TryGetProperty("subParts", out _) ? "multipart/mixed" : ""));
            else reader.Invalid($"subParts/{index}", "a part is an object");
        return read;
    }

    // RFC 8621 §4.6: a partId or a blobId; with a partId neither charset nor size, and its value is in bodyValues.
    private string? ReadText(JmapObjectReader reader, string type)
    {
        if (reader.String("partId") is not { } partId) return null;
        foreach (var property in (ReadOnlySpan<string>)["blobId", "charset", "size"])
            if (reader.Has(property)) reader.Invalid(property, $"a part with a partId has no {property}");
        if (type.Length > 0 && !type.StartsWith("text/", StringComparison.Ordinal)) reader.Invalid("partId", "only a text has its value in bodyValues");
        if (values is not { } map || !map.TryGetProperty(partId, out var value) || value.ValueKind != JsonValueKind.Object)
        {
            reader.Invalid("partId", "bodyValues has no such part");
            return "";
        }
        var of = reader.Root().Child(value, "bodyValues/" + partId);
        of.Only("value", "isEncodingProblem", "isTruncated");
        if (of.Bool("isEncodingProblem") == true) of.Invalid("isEncodingProblem", "a text with an encoding problem cannot be sent");
        if (of.Bool("isTruncated") == true) of.Invalid("isTruncated", "a truncated text cannot be sent");
        var text = of.String("value");
        if (text is null) of.Invalid("value", "value is missing");
        return text ?? "";
    }

    private static string? ReadBlobId(JmapObjectReader reader, string type)
    {
        var blobId = reader.String("blobId");
        var isMultipart = type.StartsWith("multipart/", StringComparison.Ordinal);
        if (isMultipart && blobId is not null) reader.Invalid("blobId", "a multipart has no blob");
        if (isMultipart && reader.Has("partId")) reader.Invalid("partId", "a multipart has no value");
        if (!isMultipart && blobId is null && !reader.Has("partId")) reader.Invalid("partId", "a part has a partId or a blobId");
        return blobId;
    }

    private static (string Type, IReadOnlyList<KeyValuePair<string, string>> Parameters) ReadType(JmapObjectReader reader, (string Property, string Value)? contentType, string defaultType)
    {
        if (defaultType.Length == 0 && reader.Has("partId")) defaultType = "text/plain";
        if (contentType is not { } field) return (CheckType(reader, "type", reader.String("type")?.ToLowerInvariant()) ?? defaultType, []);
        Exclude(reader, field.Property, "type", "charset");
        var (type, parameters) = Split(field.Value);
        var hasText = reader.Has("partId");
        return (CheckType(reader, field.Property, type) ?? defaultType, [.. parameters.Where(one => one.Key != "boundary" && !(one.Key == "charset" && hasText))]);
    }

    private static string? CheckType(JmapObjectReader reader, string property, string? type)
    {
        if (type is null || IsMediaType(type)) return type;
        reader.Invalid(property, "this is no media type");
        return null;
    }

    /// <summary>"type/subtype", without parameters.</summary>
    public static bool IsMediaType(string type) => type.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && IsToken(type.AsSpan(0, slash)) && IsToken(type.AsSpan(slash + 1));

    private static (string? Disposition, string? FileName) ReadDisposition(JmapObjectReader reader, (string Property, string Value)? contentDisposition)
    {
        if (contentDisposition is not { } field) return (Token(reader, "disposition")?.ToLowerInvariant(), reader.String("name"));
        Exclude(reader, field.Property, "disposition", "name");
        var (disposition, parameters) = Split(field.Value);
        if (!IsToken(disposition)) reader.Invalid(field.Property, "this is no disposition");
        return (disposition, parameters.FirstOrDefault(static one => one.Key == "filename").Value);
    }

    private static string? ReadCid(JmapObjectReader reader)
    {
        if (reader.String("cid") is not { } cid) return null;
        if (cid.Length is > 0 and <= 200 && !cid.AsSpan().ContainsAnyExceptInRange('!', '~') && !cid.AsSpan().ContainsAny('<', '>')) return cid;
        reader.Invalid("cid", "this is no Content-ID");
        return null;
    }

    /// <summary>All properties that are fields, and those that are none of a part.</summary>
    private static void ReadFields(JmapObjectReader reader, DraftHeader header)
    {
        if (reader.Has("cid")) header.Claim("Content-ID", "cid", reader);
        foreach (var property in reader.Value.EnumerateObject())
            switch (property.Name)
            {
                case "partId" or "blobId" or "size" or "name" or "type" or "charset" or "disposition" or "cid" or "subParts":
                    break;
                case "language":
                    ReadLanguage(reader, header);
                    break;
                case "location":
                    if (reader.String("location") is not null) header.Read(new HeaderProperty("Content-Location", HeaderForm.Raw), "location", property.Value, reader);
                    break;
                default:
                    ReadField(reader, header, property);
                    break;
            }
    }

    private static void ReadField(JmapObjectReader reader, DraftHeader header, JsonProperty property)
    {
        var read = ReadName(property.Name);
        if (read is null || read.Field.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || read.Field.Equals("MIME-Version", StringComparison.OrdinalIgnoreCase))
            reader.Invalid(property.Name, $"{property.Name} cannot be set on a part");
        else if (IsContentField(read, "Content-Type") || IsContentField(read, "Content-Disposition"))
            header.Claim(read.Field, property.Name, reader);
        else
            header.Read(read, property.Name, property.Value, reader);
    }

    private static void ReadLanguage(JmapObjectReader reader, DraftHeader header)
    {
        if (reader.Strings("language") is not { } tags || !header.Claim("Content-Language", "language", reader)) return;
        // RFC 5646 §2.1
        if (tags.TrueForAll(static tag => tag.Length is > 0 and < 100 && tag.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))) header.Add(new DraftField("Content-Language", string.Join(", ", tags), false));
        else reader.Invalid("language", "this is no language tag");
    }

    private static string? Token(JmapObjectReader reader, string name)
    {
        if (reader.String(name) is not { } token || IsToken(token)) return reader.String(name);
        reader.Invalid(name, $"{name} is no token");
        return null;
    }

    private static bool IsToken(ReadOnlySpan<char> text) => text.Length is > 0 and < 100 && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>Content-Type or Content-Disposition given as a field: its value in one line.</summary>
    private static (string Property, string Value)? ContentField(JmapObjectReader reader, string field)
    {
        foreach (var property in reader.Value.EnumerateObject())
            if (property.Value.ValueKind != JsonValueKind.Null && ReadName(property.Name) is { } read && IsContentField(read, field))
            {
                if (!read.All && reader.String(property.Name) is { } raw && DraftField.Unfold(raw) is { Length: > 0 } line) return (property.Name, line);
                reader.Invalid(property.Name, $"the value of {property.Name} cannot stand in {field}");
            }
        return null;
    }

    private static HeaderProperty? ReadName(string property) =>
        property.StartsWith(HeaderProperty.Prefix, StringComparison.Ordinal) ? HeaderProperty.Read(property) : null;

    private static bool IsContentField(HeaderProperty header, string field) => header.Field.Equals(field, StringComparison.OrdinalIgnoreCase);

    private static void Exclude(JmapObjectReader reader, string property, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
        {
            if (!reader.Has(other)) continue;
            reader.Invalid(other, $"{other} and {property} say the same");
            reader.Invalid(property, $"{other} and {property} say the same");
        }
    }

    /// <summary>The word before the first semicolon and the parameters after it.</summary>
    private static (string Word, List<KeyValuePair<string, string>> Parameters) Split(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0) return (value.ToLowerInvariant(), []);
        var parsed = MimeParameters.Parse(Encoding.UTF8.GetBytes(value[(semicolon + 1)..]), MaxParameters);
        var parameters = parsed.Select(one => one.Name).Distinct(StringComparer.Ordinal)
            .Where(static name => IsToken(name)).Select(name => new KeyValuePair<string, string>(name, MimeParameters.Text(parsed, name) ?? ""));
        return (value[..semicolon].Trim().ToLowerInvariant(), [.. parameters]);
    }
}
