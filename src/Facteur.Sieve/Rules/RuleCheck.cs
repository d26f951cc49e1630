using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Sieve.Rules;

/// <summary>What rules can say: so much and no more, so that their script always compiles and never takes long.</summary>
public static class RuleCheck
{
    /// <summary>Rules of an account.</summary>
    public const int MaxRules = 100;

    private const int MaxName = 200, MaxConditions = 50, MaxValues = 100, MaxValue = 1_000, MaxActions = 20, MaxText = 20_000, MaxSubject = 200, MaxKeyword = 100, MaxMailbox = 500, MaxDays = 30, MaxSortOrder = 1_000_000;

    // What is looked for in the words of a message is held against up to 4 MiB of text, at a cost that grows with its length: so much stays under the
    // bound of a run (SieveLimits.MaxWork). A condition costs as much as so many octets by itself.
    private const int MaxBodyOctets = 900, BodyConditionOctets = 16;

    // RFC 5322 §3.6.8.
    private static readonly SearchValues<char> fieldName = SearchValues.Create("!\"#$%&'()*+,-./0123456789;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // RFC 9051 §9: an atom, which begins with no backslash.
    private static readonly SearchValues<char> keyword = SearchValues.Create("!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[^_`abcdefghijklmnopqrstuvwxyz|}~");

    /// <summary>Checks one rule by itself.</summary>
    /// <exception cref="RuleRefusedException">Invalid, with the place.</exception>
    public static void Check(MailRule rule)
    {
        Require(rule.Name.Length is > 0 and <= MaxName && IsLine(rule.Name), "name", ScriptText.RuleName.With(MaxName));
        Require(rule.SortOrder is >= 0 and <= MaxSortOrder, "sortOrder", ScriptText.RulePlace.With(MaxSortOrder));
        Require(Enum.IsDefined(rule.Match), "match", ScriptText.RuleMatch);
        Require(rule.Conditions.All(condition => condition is not null && condition.Values.All(value => value is not null)), "conditions", ScriptText.ConditionMissing);
        Require(rule.Actions.All(action => action is not null), "actions", ScriptText.ActionMissing);
        Require(rule.Conditions.Count <= MaxConditions, "conditions", ScriptText.ConditionCount.With(MaxConditions));
        Require(rule.Actions.Count is > 0 and <= MaxActions, "actions", ScriptText.ActionCount.With(MaxActions));
        for (var i = 0; i < rule.Conditions.Count; i++) Check(rule.Conditions[i], string.Create(CultureInfo.InvariantCulture, $"conditions/{i}"));
        for (var i = 0; i < rule.Actions.Count; i++) Check(rule.Actions[i], string.Create(CultureInfo.InvariantCulture, $"actions/{i}"));
    }

    /// <summary>Checks what rules have in common.</summary>
    /// <exception cref="RuleRefusedException">TooMany.</exception>
    public static void Check(IReadOnlyList<MailRule> rules, SieveLimits limits)
    {
        if (rules.Count > MaxRules) throw TooMany(ScriptText.RuleCount.With(MaxRules));
        if (rules.SelectMany(rule => rule.Conditions).Where(one => one.IsOfBody).Sum(one => BodyConditionOctets + one.Values.Sum(Encoding.UTF8.GetByteCount)) > MaxBodyOctets)
            throw TooMany(ScriptText.RulesSearchTooMuch);
        if (Addresses(rules, RuleActionType.Forward) > limits.MaxRedirects) throw TooMany(ScriptText.RuleForwards.With(limits.MaxRedirects));
        if (Addresses(rules, RuleActionType.Notify) > limits.MaxNotifications) throw TooMany(ScriptText.RuleNotifications.With(limits.MaxNotifications));
    }

    private static int Addresses(IReadOnlyList<MailRule> rules, RuleActionType type) =>
        rules.SelectMany(rule => rule.Actions).Where(action => action.Type == type).Select(action => (action.Address, action.Text)).Distinct().Count();

    private static void Check(RuleCondition condition, string at)
    {
        Require(Enum.IsDefined(condition.Field), at + "/field", ScriptText.NoSuchField);
        Require(Fits(condition), at + "/comparison", ScriptText.FieldComparison);
        Require(condition.Header is null == condition.Field is not RuleField.Header, at + "/header", ScriptText.ConditionField);
        Require(condition.Header is null || (condition.Header.Length is > 0 and <= 100 && !condition.Header.AsSpan().ContainsAnyExcept(fieldName) && !condition.Header.Contains("${", StringComparison.Ordinal)), at + "/header", ScriptText.ConditionFieldName);
        Require(condition.Octets is null == condition.Comparison is not (RuleComparison.Over or RuleComparison.Under), at + "/octets", ScriptText.ConditionOctets);
        Require(condition.Octets is null or (>= 0 and <= int.MaxValue), at + "/octets", ScriptText.SizeLimit);
        Require(condition.IsOfText ? condition.Values.Count is > 0 and <= MaxValues : condition.Values.Count == 0, at + "/values", ScriptText.ValueCount.With(MaxValues));
        for (var i = 0; i < condition.Values.Count; i++)
            Require(condition.Values[i].Length is > 0 and <= MaxValue && IsLine(condition.Values[i]), string.Create(CultureInfo.InvariantCulture, $"{at}/values/{i}"), ScriptText.ValueLength.With(MaxValue));
    }

    private static bool Fits(RuleCondition condition) => condition.Field switch
    {
        RuleField.Size => condition.Comparison is RuleComparison.Over or RuleComparison.Under,
        RuleField.Attachment or RuleField.KnownSender or RuleField.BlockedSender => condition.Comparison == RuleComparison.Exists,
        RuleField.Header or RuleField.List => condition.Comparison == RuleComparison.Exists || condition.IsOfText,
        RuleField.Body or RuleField.Anywhere => condition.Comparison == RuleComparison.Contains,
        _ => condition.IsOfText,
    };

    private static void Check(RuleAction action, string at)
    {
        var isToMailbox = action.Type is RuleActionType.Move or RuleActionType.Label;
        Require(Enum.IsDefined(action.Type), at + "/type", ScriptText.NoSuchAction);
        Require(action.Mailbox is null == !isToMailbox, at + "/mailbox", ScriptText.ActionMailbox);
        Require(action.Mailbox is null || (action.Mailbox.Length is > 0 and <= MaxMailbox && IsLine(action.Mailbox)), at + "/mailbox", ScriptText.ActionMailboxName);
        Require(action.MailboxId is null || (isToMailbox && action.MailboxId.Length is > 0 and <= 255 && action.MailboxId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')), at + "/mailboxId", ScriptText.ActionMailboxId);
        Require(action.Keyword is null == action.Type is not RuleActionType.Flag, at + "/keyword", ScriptText.ActionKeyword);
        Require(action.Keyword is null || (action.Keyword.Length is > 0 and <= MaxKeyword && !action.Keyword.AsSpan().ContainsAnyExcept(keyword)), at + "/keyword", ScriptText.NoKeyword);
        Require(action.Address is null == !action.IsToAddress, at + "/address", ScriptText.ActionAddress);
        Require(action.Address is null || EmailAddress.TryParse(action.Address, out _), at + "/address", ScriptText.NoAddress);
        Require(action.Subject is null || (action.Type == RuleActionType.Reply && action.Subject.Length is > 0 and <= MaxSubject && IsLine(action.Subject)), at + "/subject", ScriptText.ReplySubject.With(MaxSubject));
        Require(action.Text is null ? action.Type != RuleActionType.Reply : action.Type is RuleActionType.Reply or RuleActionType.Notify, at + "/text", ScriptText.ReplyHasText);
        Require(action.Text is null || (action.Text.Length is > 0 and <= MaxText && IsText(action.Text) && (action.Type == RuleActionType.Reply || IsLine(action.Text))), at + "/text", ScriptText.TextLength.With(MaxText));
        Require(action.Days is null || (action.Type == RuleActionType.Reply && action.Days is >= 1 and <= MaxDays), at + "/days", ScriptText.ReplyDays.With(MaxDays));
    }

    private static bool IsLine(string text) => IsText(text) && !text.AsSpan().ContainsAny('\n', '\t');

    // Line feeds only: what is written otherwise would not be read back as it was.
    private static bool IsText(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done) return false;
            if (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) return false;
            rest = rest[length..];
        }
        return true;
    }

    private static void Require(bool isRight, string place, SieveSentence sentence)
    {
        if (!isRight) throw new RuleRefusedException(RuleRefusal.Invalid, sentence, place);
    }

    private static RuleRefusedException TooMany(SieveSentence sentence) => new(RuleRefusal.TooMany, sentence);
}
