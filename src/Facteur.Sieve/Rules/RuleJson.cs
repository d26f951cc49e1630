using System.Text.Json;
using System.Text.Json.Serialization;

namespace Facteur.Sieve.Rules;

/// <summary>Rules as the script carries them.</summary>
/// <param name="Last">The last number of an id that was given.</param>
public sealed record RuleDocument(long Last, IReadOnlyList<MailRule> Rules);

/// <summary>Words of the model, "deliveredTo"; never numbers.</summary>
public sealed class RuleWord<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;

/// <summary>Rules as JSON: names and words of the model alone, so that a slip is not passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RuleDocument))]
[JsonSerializable(typeof(MailRule))]
[JsonSerializable(typeof(IReadOnlyList<RuleCondition>))]
[JsonSerializable(typeof(IReadOnlyList<RuleAction>))]
public sealed partial class RuleJson : JsonSerializerContext;
