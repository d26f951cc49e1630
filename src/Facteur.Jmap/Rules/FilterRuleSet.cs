using System.Text.Json;
using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>FilterRule/set (docs/jmap.md): makes, changes and removes rules; a rule stands where its sortOrder says, the last without one.</summary>
internal sealed class FilterRuleSet() : ListedSet<MailRule>(FilterRuleType.Instance)
{
    protected override async ValueTask<MailRule?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        (await call.Services.Rules.ReadAsync(account.Id, cancel)).Find(id);

    protected override async ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel)
    {
        var reader = new JmapObjectReader(value);
        reader.Only([.. FilterRuleType.Instance.Properties]);
        var wanted = await FilterRuleReader.ReadAsync(call, account, reader, "", cancel);
        var added = await OfRulesAsync(() => call.Services.Rules.AddAsync(account.Id, wanted, isLast: !reader.Has("sortOrder"), cancel));
        return new JmapCreated(added.Id, ListedPatch.Differences(FilterRuleType.ToObject(added), value));
    }

    protected override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, MailRule before, JmapPatch patch, CancellationToken cancel)
    {
        using var applied = new ListedPatch(FilterRuleType.Instance, FilterRuleType.ToObject(before), patch);
        var wanted = await FilterRuleReader.ReadAsync(call, account, applied.Wanted, before.Id, cancel);
        var after = await OfRulesAsync(() => call.Services.Rules.ReplaceAsync(account.Id, wanted, cancel));
        return ListedPatch.Differences(FilterRuleType.ToObject(after), applied.Wanted.Value);
    }

    protected override async ValueTask DestroyAsync(JmapCall call, JmapAccount account, MailRule before, CancellationToken cancel) => await OfRulesAsync<MailRule?>(async () =>
    {
        await call.Services.Rules.RemoveAsync(account.Id, before.Id, cancel);
        return null;
    });

    private static async ValueTask<T> OfRulesAsync<T>(Func<ValueTask<T>> change)
    {
        try
        {
            return await change();
        }
        catch (RuleRefusedException e)
        {
            throw new JmapSetException(RuleErrors.Of(e));
        }
    }
}
