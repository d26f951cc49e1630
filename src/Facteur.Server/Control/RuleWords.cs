using System.Globalization;
using Facteur.Accounts;
using Facteur.Sieve.Rules;

namespace Facteur.Server.Control;

/// <summary>Conditions and actions of rules as people write them on a command line: "not from contains example.org", "move Receipts".</summary>
internal static class RuleWords
{
    private static readonly (string Word, RuleField Field)[] fields =
    [
        ("from", RuleField.From), ("to", RuleField.To), ("cc", RuleField.Cc), ("recipient", RuleField.Recipient), ("delivered-to", RuleField.DeliveredTo), ("subject", RuleField.Subject),
        ("body", RuleField.Body), ("anywhere", RuleField.Anywhere), ("list", RuleField.List), ("size", RuleField.Size), ("attachment", RuleField.Attachment),
        ("known-sender", RuleField.KnownSender), ("blocked-sender", RuleField.BlockedSender),
    ];

    private static readonly (string Word, RuleComparison Comparison)[] comparisons =
    [
        ("contains", RuleComparison.Contains), ("is", RuleComparison.Is), ("starts", RuleComparison.StartsWith), ("ends", RuleComparison.EndsWith),
        ("exists", RuleComparison.Exists), ("over", RuleComparison.Over), ("under", RuleComparison.Under),
    ];

    private static readonly (string Word, RuleActionType Type)[] actions =
    [
        ("move", RuleActionType.Move), ("label", RuleActionType.Label), ("flag", RuleActionType.Flag), ("read", RuleActionType.MarkRead), ("star", RuleActionType.Star),
        ("archive", RuleActionType.Archive), ("delete", RuleActionType.Delete), ("junk", RuleActionType.Junk), ("never-junk", RuleActionType.NeverJunk),
        ("forward", RuleActionType.Forward), ("reply", RuleActionType.Reply), ("notify", RuleActionType.Notify),
    ];

    /// <exception cref="AccountRuleException">It cannot be read; the sentence says what can.</exception>
    public static RuleCondition Condition(string text)
    {
        var rest = text.Trim();
        var isNegated = Word(ref rest, "not");
        var (field, header) = Field(Next(ref rest));
        if (rest.Length == 0 && field is RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender) return new RuleCondition(field, RuleComparison.Exists) { IsNegated = isNegated };
        var word = Next(ref rest);
        var comparison = comparisons.FirstOrDefault(one => one.Word == word) is { Word: not null } found
            ? found.Comparison : throw new AccountRuleException($"\"{word}\" is no comparison; there are {List(comparisons.Select(one => one.Word))}.");
        var condition = new RuleCondition(field, comparison) { IsNegated = isNegated, Header = header };
        return comparison is RuleComparison.Over or RuleComparison.Under ? condition with { Octets = Octets(rest) }
            : comparison == RuleComparison.Exists ? condition
            : condition with { Values = [rest] };
    }

    /// <inheritdoc cref="Condition(string)"/>
    public static RuleAction Action(string text)
    {
        var rest = text.Trim();
        var word = Next(ref rest);
        if (actions.FirstOrDefault(one => one.Word == word) is not { Word: not null } found) throw new AccountRuleException($"\"{word}\" is no action; there are {List(actions.Select(one => one.Word))}.");
        var action = new RuleAction(found.Type);
        switch (found.Type)
        {
            case RuleActionType.Move or RuleActionType.Label: return action with { Mailbox = rest };
            case RuleActionType.Flag: return action with { Keyword = rest };
            case RuleActionType.Forward: return action with { Address = rest };
            case RuleActionType.Reply: return action with { Text = rest };
            case RuleActionType.Notify:
                var address = Next(ref rest);
                return action with { Address = address, Text = rest.Length == 0 ? null : rest };
            default: return rest.Length == 0 ? action : throw new AccountRuleException($"\"{word}\" stands alone.");
        }
    }

    public static string Of(RuleCondition condition)
    {
        var field = condition.Field == RuleField.Header ? $"header:{condition.Header}" : fields.First(one => one.Field == condition.Field).Word;
        var what = condition.Field is RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender ? field : $"{field} {comparisons.First(one => one.Comparison == condition.Comparison).Word}";
        var against = condition.Octets is { } octets ? " " + octets.ToString(CultureInfo.InvariantCulture) : condition.Values.Count == 0 ? "" : " " + string.Join(" or ", condition.Values);
        return (condition.IsNegated ? "not " : "") + what + against;
    }

    public static string Of(RuleAction action)
    {
        var word = actions.First(one => one.Type == action.Type).Word;
        return string.Join(' ', new[] { word, action.Mailbox, action.Keyword, action.Address, action.Text?.ReplaceLineEndings(" ") }.Where(one => one is not null));
    }

    private static (RuleField Field, string? Header) Field(string word)
    {
        if (word.StartsWith("header:", StringComparison.Ordinal)) return (RuleField.Header, word["header:".Length..]);
        return fields.FirstOrDefault(one => one.Word == word) is { Word: not null } found
            ? (found.Field, null) : throw new AccountRuleException($"\"{word}\" is nothing a condition looks at; there are {List(fields.Select(one => one.Word))} and header:NAME.");
    }

    private static bool Word(ref string rest, string word)
    {
        var left = rest;
        if (Next(ref left) != word) return false;
        rest = left;
        return true;
    }

    private static string Next(ref string rest)
    {
        var end = rest.IndexOf(' ', StringComparison.Ordinal);
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? "" : rest[end..].TrimStart();
        return word;
    }

    private static long Octets(string text) => OctetText.Read(text) is { } octets and <= int.MaxValue ? octets : throw new AccountRuleException($"\"{text}\" is no size; write 500KB or 10MB.");

    private static string List(IEnumerable<string> words) => string.Join(", ", words);
}
