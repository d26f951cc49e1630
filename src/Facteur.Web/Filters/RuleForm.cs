using System.Globalization;
using Facteur.Sieve.Rules;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Filters;

/// <summary>A condition as it stands in the form.</summary>
/// <param name="Comparison">A word of <see cref="RuleForm.Comparisons"/>.</param>
/// <param name="Value">Values one a line; megabytes of a size.</param>
public sealed record ConditionRow(RuleField Field, string Comparison, string Header, string Value)
{
    public static readonly ConditionRow Empty = new(RuleField.From, "contains", "", "");

    /// <summary>It says nothing.</summary>
    public bool IsEmpty => Value.Length == 0 && !RuleForm.NeedsNoValue(Field, Comparison);
}

/// <summary>An action as it stands in the form; null for a row that does nothing.</summary>
/// <param name="Target">Label, keyword or address.</param>
public sealed record ActionRow(RuleActionType? Type, string Target, string Text);

/// <summary>A rule as a form without scripts has it: rows of conditions and actions, the last ones empty.</summary>
public sealed class RuleForm
{
    /// <summary>Words of comparisons, those that say no among them.</summary>
    public static readonly IReadOnlyList<string> Comparisons = ["contains", "notContains", "is", "isNot", "startsWith", "endsWith", "exists", "notExists", "over", "under"];

    private const int MaxRows = 30, EmptyRows = 2;
    private const long Mega = 1024 * 1024;

    /// <summary>"" for a new one.</summary>
    public string Id { get; private init; } = "";
    public string Name { get; private init; } = "";
    public bool IsOn { get; private init; } = true;
    public bool IsAny { get; private init; }
    public bool Stops { get; private init; }
    public int SortOrder { get; private init; }
    public IReadOnlyList<ConditionRow> Conditions { get; private init; } = [ConditionRow.Empty, ConditionRow.Empty];
    public IReadOnlyList<ActionRow> Actions { get; private init; } = [new ActionRow(null, "", ""), new ActionRow(null, "", "")];

    public static RuleForm New => new();

    public static RuleForm Of(MailRule rule) => new()
    {
        Id = rule.Id, Name = rule.Name, IsOn = rule.IsOn, IsAny = rule.Match == RuleMatch.Any, Stops = rule.Stops, SortOrder = rule.SortOrder,
        Conditions = [.. rule.Conditions.Select(Row), .. Enumerable.Repeat(ConditionRow.Empty, EmptyRows)],
        Actions = [.. rule.Actions.Select(Row), .. Enumerable.Repeat(new ActionRow(null, "", ""), EmptyRows)],
    };

    /// <summary>What was sent.</summary>
    /// <param name="more">With further empty rows.</param>
    public static RuleForm Read(IFormCollection form, bool more)
    {
        var (fields, comparisons, headers, values) = (form["field"], form["comparison"], form["header"], form["value"]);
        var (types, targets, texts) = (form["action"], form["target"], form["text"]);
        var conditions = Enumerable.Range(0, Math.Min(fields.Count, MaxRows)).Select(i => new ConditionRow(
            Enum.TryParse<RuleField>(fields[i], out var field) && Enum.IsDefined(field) ? field : RuleField.From,
            At(comparisons, i) is { } word && Comparisons.Contains(word) ? word : "contains", At(headers, i).Trim(), At(values, i).ReplaceLineEndings("\n").Trim())).ToList();
        var actions = Enumerable.Range(0, Math.Min(types.Count, MaxRows)).Select(i => new ActionRow(
            Enum.TryParse<RuleActionType>(types[i], out var type) && Enum.IsDefined(type) ? type : null, At(targets, i).Trim(), At(texts, i).ReplaceLineEndings("\n").Trim())).ToList();
        if (more)
        {
            conditions.AddRange(Enumerable.Repeat(ConditionRow.Empty, EmptyRows));
            actions.AddRange(Enumerable.Repeat(new ActionRow(null, "", ""), EmptyRows));
        }
        return new RuleForm
        {
            Id = form["id"].ToString(), Name = form["name"].ToString().Trim(), IsOn = form["on"] != "no", IsAny = form["match"] == "any", Stops = form["stops"] == "yes",
            SortOrder = int.TryParse(form["order"], NumberStyles.None, CultureInfo.InvariantCulture, out var order) ? order : 0, Conditions = conditions, Actions = actions,
        };

        static string At(Microsoft.Extensions.Primitives.StringValues values, int i) => i < values.Count ? values[i] ?? "" : "";
    }

    /// <summary>The rule that it says; empty rows are none.</summary>
    public MailRule ToRule() => new(Id, Name)
    {
        IsOn = IsOn, SortOrder = SortOrder, Match = IsAny ? RuleMatch.Any : RuleMatch.All, Stops = Stops,
        Conditions = [.. Conditions.Where(row => !row.IsEmpty).Select(Condition)],
        Actions = [.. Actions.Where(row => row.Type is not null).Select(Action)],
    };

    /// <summary>The condition holds or does not by itself.</summary>
    public static bool NeedsNoValue(RuleField field, string comparison) =>
        field is RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender || (comparison is "exists" or "notExists" && field is RuleField.Header or RuleField.List);

    /// <summary>What a target of the action is: the name of a text; null when it has none.</summary>
    public static string? TargetOf(RuleActionType type) => type switch
    {
        RuleActionType.Move or RuleActionType.Label => "label",
        RuleActionType.Flag => "keyword",
        RuleActionType.Forward or RuleActionType.Notify => "address",
        RuleActionType.Reply => "subject",
        _ => null,
    };

    private static ConditionRow Row(RuleCondition condition)
    {
        var word = condition.Comparison switch
        {
            RuleComparison.Contains => condition.IsNegated ? "notContains" : "contains",
            RuleComparison.Is => condition.IsNegated ? "isNot" : "is",
            RuleComparison.Exists => condition.IsNegated ? "notExists" : "exists",
            RuleComparison.Over => condition.IsNegated ? "under" : "over",
            RuleComparison.Under => condition.IsNegated ? "over" : "under",
            RuleComparison.StartsWith => "startsWith",
            _ => "endsWith",
        };
        var value = condition.Octets is { } octets ? (octets / (double)Mega).ToString("0.###", CultureInfo.InvariantCulture) : string.Join('\n', condition.Values);
        return new ConditionRow(condition.Field, word, condition.Header ?? "", value);
    }

    private static RuleCondition Condition(ConditionRow row)
    {
        var isNegated = row.Comparison is "notContains" or "isNot" or "notExists";
        var values = row.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (row.Field)
        {
            case RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender:
                return new RuleCondition(row.Field, RuleComparison.Exists) { IsNegated = isNegated };
            case RuleField.Size:
                var isRead = double.TryParse(row.Value.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var megas) && megas is >= 0 and < 2048;
                return new RuleCondition(row.Field, row.Comparison == "under" ? RuleComparison.Under : RuleComparison.Over) { Octets = isRead ? (long)(megas * Mega) : -1 };
            case RuleField.Body or RuleField.Anywhere:
                return new RuleCondition(row.Field, RuleComparison.Contains) { IsNegated = isNegated, Values = values };
        }
        var comparison = row.Comparison switch
        {
            "is" or "isNot" => RuleComparison.Is,
            "startsWith" => RuleComparison.StartsWith,
            "endsWith" => RuleComparison.EndsWith,
            "exists" or "notExists" => RuleComparison.Exists,
            _ => RuleComparison.Contains,
        };
        return new RuleCondition(row.Field, comparison) { IsNegated = isNegated, Header = row.Field == RuleField.Header ? row.Header : null, Values = comparison == RuleComparison.Exists ? [] : values };
    }

    private static ActionRow Row(RuleAction action) => new(action.Type, action.Mailbox ?? action.Keyword ?? action.Address ?? action.Subject ?? "", action.Text ?? "");

    private static RuleAction Action(ActionRow row)
    {
        var target = row.Target.Length == 0 ? null : row.Target;
        var text = row.Text.Length == 0 ? null : row.Text;
        return row.Type!.Value switch
        {
            RuleActionType.Move or RuleActionType.Label => new RuleAction(row.Type.Value) { Mailbox = target ?? "" },
            RuleActionType.Flag => new RuleAction(RuleActionType.Flag) { Keyword = target ?? "" },
            RuleActionType.Forward => new RuleAction(RuleActionType.Forward) { Address = target ?? "" },
            RuleActionType.Notify => new RuleAction(RuleActionType.Notify) { Address = target ?? "", Text = text?.ReplaceLineEndings(" ") },
            RuleActionType.Reply => new RuleAction(RuleActionType.Reply) { Subject = target, Text = text },
            _ => new RuleAction(row.Type.Value),
        };
    }
}
