using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Writes EmailBodyPart objects (RFC 8621 §4.1.4).</summary>
internal static class BodyPartWriter
{
    /// <summary>Parts without what is below them: lists of bodies and attachments.</summary>
    public static void WriteList(Utf8JsonWriter json, List<AskedProperty<BodyProperty>> asked, IReadOnlyList<BodyPart> parts, JmapBlobId message)
    {
        json.WriteStartArray();
        foreach (var part in parts) Write(json, asked, part, message, withSubParts: false);
        json.WriteEndArray();
    }

    /// <param name="message">The blob that the part is in.</param>
    /// <param name="withSubParts">Show what a multipart is made of.</param>
    public static void Write(Utf8JsonWriter json, List<AskedProperty<BodyProperty>> asked, BodyPart part, JmapBlobId message, bool withSubParts)
    {
        json.WriteStartObject();
        foreach (var property in asked)
        {
            if (property.Property == BodyProperty.SubParts && !withSubParts) continue;
            json.WritePropertyName(property.Name);
            switch (property.Property)
            {
                case BodyProperty.SubParts when !part.IsMultipart:
                    json.WriteNullValue();
                    break;
                case BodyProperty.SubParts:
                    json.WriteStartArray();
                    foreach (var child in part.SubParts) Write(json, asked, child, message, withSubParts: true);
                    json.WriteEndArray();
                    break;
                case BodyProperty.Headers:
                    HeaderWriter.WriteAll(json, (part.Header ?? HeaderValues.None).Block.Span);
                    break;
                case BodyProperty.Header:
                    HeaderWriter.WriteProperty(json, property.Header!, property.Slot, part.Header ?? HeaderValues.None);
                    break;
                default:
                    WriteFact(json, property.Property, part, message);
                    break;
            }
        }
        json.WriteEndObject();
    }

    private static void WriteFact(Utf8JsonWriter json, BodyProperty property, BodyPart part, JmapBlobId message)
    {
        switch (property)
        {
            case BodyProperty.PartId:
                json.WriteStringValue(part.Id);
                break;
            case BodyProperty.BlobId:
                json.WriteStringValue(part.Id is null ? null : message.PartOf(part.Id).ToString());
                break;
            case BodyProperty.Size:
                json.WriteNumberValue(part.Size ?? 0);
                break;
            case BodyProperty.Name:
                json.WriteStringValue(part.Part.FileName);
                break;
            case BodyProperty.Type:
                json.WriteStringValue(part.MediaType);
                break;
            case BodyProperty.Charset:
                json.WriteStringValue(part.Charset);
                break;
            case BodyProperty.Disposition:
                json.WriteStringValue(part.Part.Disposition);
                break;
            case BodyProperty.Cid:
                json.WriteStringValue(part.Part.ContentId);
                break;
            case BodyProperty.Location:
                json.WriteStringValue(part.Location);
                break;
            case BodyProperty.Language when part.Language is null:
                json.WriteNullValue();
                break;
            case BodyProperty.Language:
                json.WriteStartArray();
                foreach (var tag in part.Language) json.WriteStringValue(tag);
                json.WriteEndArray();
                break;
        }
    }
}
