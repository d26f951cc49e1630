using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Facteur.Delivery.Reports;

/// <summary>JSON of observations and received reports in the store, and of RFC 8460.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, MaxDepth = 16, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(DmarcObservation))]
[JsonSerializable(typeof(StoredTlsObservation))]
[JsonSerializable(typeof(AggregateReport))]
[JsonSerializable(typeof(TlsReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

/// <summary>An address in its text form.</summary>
internal sealed class AddressAsText : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPAddress.TryParse(reader.GetString(), out var address) ? address : throw new JsonException("no IP address");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A list of strings that some write as one string.</summary>
internal sealed class OneOrManyStrings : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [reader.GetString()!];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("no list of strings");
        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            list.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("no list of strings"));
        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
