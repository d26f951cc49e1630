using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Facteur.Accounts;

namespace Facteur.Server.Control.Settings;

/// <summary>How setting documents are read and written here: as strict as the strictest of those that read them.</summary>
internal static class SettingJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonDocumentOptions tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>What a person typed; comments are dropped.</summary>
    /// <exception cref="AccountRuleException">It is no JSON.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            var node = JsonNode.Parse(text, documentOptions: tolerant);
            _ = node?.ToJsonString(); // a key that is there twice shows only when the object is made
            return node;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new AccountRuleException($"That is no JSON: {e.Message}");
        }
    }

    /// <summary>What is stored; null also for what cannot be read.</summary>
    public static JsonNode? Read(ReadOnlyMemory<byte> stored)
    {
        try
        {
            return JsonNode.Parse(stored.Span, documentOptions: tolerant);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonTypeInfo TypeOf(Type type) => Options.GetTypeInfo(type);
}
