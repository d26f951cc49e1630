using System.Text.Json;
using Facteur.Delivery.Rules;
using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>What becomes of the rules of an account beside the scripts it keeps: one object, always there (docs/jmap.md).</summary>
internal sealed class FilterScriptType : ListedType
{
    public static readonly FilterScriptType Instance = new();

    private FilterScriptType()
        : base("FilterScript", JmapCapabilities.FacteurRules, "name", "isActive", "standing", "activeScript")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [ToObject(await call.Services.Rules.ReadAsync(account.Id, cancel))];

    public static ListedObject ToObject(RuleSet rules) => ListedObject.Of(SingletonSet.Id, writer =>
    {
        writer.WriteString("name"u8, AccountRules.ScriptName);
        writer.WriteBoolean("isActive"u8, rules.ActiveScript == AccountRules.ScriptName);
        writer.WriteString("standing"u8, JsonNamingPolicy.CamelCase.ConvertName(rules.Standing.ToString()));
        writer.WriteString("activeScript"u8, rules.ActiveScript);
    });
}
