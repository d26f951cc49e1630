using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>Reads a rule as a client sends it; what is absent or null has its default.</summary>
internal static class FilterRuleReader
{
    /// <param name="id">"" for a new one.</param>
    public static async ValueTask<MailRule> ReadAsync(JmapCall call, JmapAccount account, JmapObjectReader reader, string id, CancellationToken cancel)
    {
        if (reader.String("name") is not { } name)
        {
            reader.Invalid("name", "a rule has a name");
            name = "";
        }
        var rule = new MailRule(id, name)
        {
            IsOn = reader.Bool("isEnabled") ?? true,
            SortOrder = (int)(reader.UnsignedInt("sortOrder", int.MaxValue) ?? 0),
            Match = ReadMatch(reader),
            Conditions = ReadConditions(reader),
            Actions = List(reader, "actions", RuleJson.Default.IReadOnlyListRuleAction),
            Stops = reader.Bool("stop") ?? false,
        };
        reader.Check();
        return rule with { Actions = await NameMailboxesAsync(call, account, rule.Actions, cancel) };
    }

    public static RuleMatch ReadMatch(JmapObjectReader reader)
    {
        var match = reader.String("match") ?? "all";
        if (match is not ("all" or "any")) reader.Invalid("match", "match is \"all\" or \"any\"");
        return match == "any" ? RuleMatch.Any : RuleMatch.All;
    }

    public static IReadOnlyList<RuleCondition> ReadConditions(JmapObjectReader reader) => List(reader, "conditions", RuleJson.Default.IReadOnlyListRuleCondition);

    private static IReadOnlyList<T> List<T>(JmapObjectReader reader, string name, JsonTypeInfo<IReadOnlyList<T>> type)
    {
        if (reader.Array(name) is not { } list) return [];
        try
        {
            // A null within a list is no object.
            if (list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object) && list.Deserialize(type) is { } read) return read;
            reader.Invalid(name, $"{name} is not a list of objects");
        }
        catch (JsonException e)
        {
            reader.Invalid(name, $"{name}{e.Path?.TrimStart('$')} cannot be read");
        }
        return [];
    }

    /// <summary>A mailbox that is named by its id gets the name it has now, by which it is found when the id is gone.</summary>
    private static async ValueTask<IReadOnlyList<RuleAction>> NameMailboxesAsync(JmapCall call, JmapAccount account, IReadOnlyList<RuleAction> actions, CancellationToken cancel)
    {
        if (actions.All(action => action.MailboxId is null)) return actions;
        var names = (await call.Services.Store.ListMailboxesAsync(account.Id, cancel)).ToDictionary(mailbox => JmapIds.Of(mailbox.Id), mailbox => mailbox.Name, StringComparer.Ordinal);
        return [.. actions.Select(action => action.MailboxId is null ? action : Named(action with { MailboxId = call.Request.ResolveId(action.MailboxId) ?? action.MailboxId }))];

        RuleAction Named(RuleAction action) =>
            names.TryGetValue(action.MailboxId!, out var name) ? action with { Mailbox = name }
            : action.Mailbox is not null ? action
            : throw new JmapSetException(new JmapSetError("invalidProperties", "there is no mailbox of that id", ["actions"]));
    }
}
