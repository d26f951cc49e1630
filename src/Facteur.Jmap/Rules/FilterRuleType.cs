using System.Text.Json;
using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>Rules of an account, in the order in which they are asked (docs/jmap.md).</summary>
internal sealed class FilterRuleType : ListedType
{
    public static readonly FilterRuleType Instance = new();

    private FilterRuleType()
        : base("FilterRule", JmapCapabilities.FacteurRules, "name", "isEnabled", "sortOrder", "match", "conditions", "actions", "stop")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await call.Services.Rules.ReadAsync(account.Id, cancel)).Rules.Select(ToObject)];

    public static ListedObject ToObject(MailRule rule) => ListedObject.Of(rule.Id, writer =>
    {
        writer.WriteString("name"u8, rule.Name);
        writer.WriteBoolean("isEnabled"u8, rule.IsOn);
        writer.WriteNumber("sortOrder"u8, rule.SortOrder);
        writer.WriteString("match"u8, rule.Match == RuleMatch.All ? "all"u8 : "any"u8);
        writer.WritePropertyName("conditions"u8);
        JsonSerializer.Serialize(writer, rule.Conditions, RuleJson.Default.IReadOnlyListRuleCondition);
        writer.WritePropertyName("actions"u8);
        JsonSerializer.Serialize(writer, rule.Actions, RuleJson.Default.IReadOnlyListRuleAction);
        writer.WriteBoolean("stop"u8, rule.Stops);
    });
}
