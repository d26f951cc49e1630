using System.Text.Json;
using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>FilterScript/set (docs/jmap.md): says whether mail goes through the rules. True begins again where their script was edited by hand; what was written stays.</summary>
internal sealed class FilterScriptSet() : SingletonSet(FilterScriptType.Instance, "it can be made inactive", "name", "standing", "activeScript")
{
    protected override async ValueTask<Action<Utf8JsonWriter>?> WriteAsync(JmapCall call, JmapAccount account, ListedPatch patch, CancellationToken cancel)
    {
        if (patch.Wanted.Bool("isActive") is not { } isActive)
        {
            isActive = false;
            patch.Wanted.Invalid("isActive", "isActive is not true or false");
        }
        patch.Wanted.Check();
        var rules = call.Services.Rules;
        try
        {
            if (isActive) await rules.StartAsync(account.Id, cancel);
            else await rules.StopAsync(account.Id, cancel);
        }
        catch (RuleRefusedException e)
        {
            throw new JmapSetException(RuleErrors.Of(e));
        }
        var after = await rules.ReadAsync(account.Id, cancel);
        return writer =>
        {
            writer.WriteString("standing"u8, JsonNamingPolicy.CamelCase.ConvertName(after.Standing.ToString()));
            writer.WriteString("activeScript"u8, after.ActiveScript);
        };
    }
}
