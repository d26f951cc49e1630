using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Storage;

namespace Facteur.Sieve.Scripts;

/// <summary>
/// Scripts as documents of settings, so that exports and imports have them: "sieve" lists them, "sieve.7" is content 7 as a JSON string,
/// "sieve.7.1" its second piece, where it is long. A content is there before the list names it and goes after that: who reads the list reads whole scripts.
/// </summary>
internal sealed class ScriptDocuments(SettingsStore settings)
{
    public const string List = "sieve";

    // Six octets of JSON for a character at most, under what a document may have.
    private const int PieceCharacters = 40_000;

    private static readonly JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    /// <summary>True for documents of scripts.</summary>
    public static bool Has(string name) => name == List || name.StartsWith(List + ".", StringComparison.Ordinal);

    /// <summary>The list; null when there is none, or none that can be read.</summary>
    public async ValueTask<ScriptList?> ReadListAsync(SettingScope owner, CancellationToken cancel)
    {
        if (await settings.GetAsync(owner, List, cancel) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize(json.Span, ScriptJson.Default.ScriptList);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public ValueTask WriteListAsync(SettingScope owner, ScriptList list, CancellationToken cancel) =>
        settings.SetAsync(owner, List, JsonSerializer.SerializeToUtf8Bytes(list, ScriptJson.Default.ScriptList), cancel);

    /// <summary>The octets of a script; null when a piece is missing.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(SettingScope owner, StoredScript script, CancellationToken cancel)
    {
        var text = new StringBuilder();
        for (var part = 0; part < script.Parts; part++)
        {
            if (await settings.GetAsync(owner, Name(script.Content, part), cancel) is not { } json) return null;
            try
            {
                using var document = JsonDocument.Parse(json);
                text.Append(document.RootElement.GetString());
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return null;
            }
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Writes a content that no list names yet; answers its pieces.</summary>
    public async ValueTask<int> WriteAsync(SettingScope owner, long content, string text, CancellationToken cancel)
    {
        var part = 0;
        var at = 0;
        do
        {
            var length = Math.Min(PieceCharacters, text.Length - at);
            if (at + length < text.Length && char.IsHighSurrogate(text[at + length - 1])) length--;
            await settings.SetAsync(owner, Name(content, part++), Json(text.AsSpan(at, length)), cancel);
            at += length;
        }
        while (at < text.Length);
        return part;
    }

    /// <summary>Removes contents that the list does not name: those that were replaced, and what a crash left.</summary>
    public async ValueTask SweepAsync(SettingScope owner, ScriptList list, CancellationToken cancel)
    {
        var named = list.Scripts.SelectMany(script => Enumerable.Range(0, script.Parts).Select(part => Name(script.Content, part))).Append(List).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, _) in await settings.ListOfAsync(owner, cancel))
            if (Has(name) && !named.Contains(name)) await settings.SetAsync(owner, name, null, cancel);
    }

    /// <summary>The text of a script; null when it is not UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<byte> octets)
    {
        try
        {
            return strict.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Json(ReadOnlySpan<char> text)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(text.Length + 64);
        using var writer = new Utf8JsonWriter(output, plain);
        writer.WriteStringValue(text);
        writer.Flush();
        return output.WrittenMemory;
    }

    private static string Name(long content, int part) => part == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{List}.{content}")
        : string.Create(CultureInfo.InvariantCulture, $"{List}.{content}.{part}");
}

/// <summary>The document "sieve".</summary>
/// <param name="Last">The last number that was given to a script or to a content.</param>
internal sealed record ScriptList(long Last, long? Active, IReadOnlyList<ListedScript> Scripts);

internal sealed record ListedScript(long Id, string Name, long Content, int Octets, int Parts)
{
    public StoredScript Stored => new(Id, Name, Content, Octets) { Parts = Parts };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(ScriptList))]
internal sealed partial class ScriptJson : JsonSerializerContext;
