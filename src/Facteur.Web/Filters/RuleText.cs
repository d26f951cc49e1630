using System.Globalization;
using Facteur.Sieve.Rules;
using Facteur.Web.Text;

namespace Facteur.Web.Filters;

/// <summary>Rules as sentences for their owner.</summary>
internal static class RuleText
{
    private const int MaxShown = 80;

    public static string Of(RuleCondition condition, WebText text)
    {
        var row = RuleForm.Of(new MailRule("", "x") { Conditions = [condition] }).Conditions[0];
        var field = condition.Header is { } header ? text.Format("Rule.HeaderNamed", header) : text["Rule.Field." + row.Field];
        if (RuleForm.NeedsNoValue(row.Field, row.Comparison)) return condition.IsNegated ? text.Format("Rule.Not", field) : field;
        return $"{field} {text["Rule.Compare." + row.Comparison]} {Shown(condition.Octets is null ? string.Join($" {text["Rule.Or"]} ", condition.Values.Select(value => text.Format("Rule.Quoted", value))) : text.Format("Data.Mega", row.Value))}";
    }

    public static string Of(RuleAction action, WebText text)
    {
        var words = text["Rule.Action." + action.Type];
        return (action.Mailbox ?? action.Keyword ?? action.Address) is { } target ? $"{words} {Shown(target)}" : words;
    }

    /// <summary>Why a rule was not taken.</summary>
    public static string Of(RuleRefusedException refused, WebText text)
    {
        var place = refused.Place.Split('/');
        var key = refused.Reason switch
        {
            RuleRefusal.NotConfirmed => "Rule.Why.NotConfirmed",
            RuleRefusal.TooMany => "Rule.Why.TooMany",
            RuleRefusal.Edited => "Rule.Why.Edited",
            RuleRefusal.NonExistent => "Rule.Why.Gone",
            _ when place is ["name"] => "Rule.Why.Name",
            _ when place is ["actions"] => "Rule.Why.NoAction",
            _ when place is ["conditions", _, ..] => "Rule.Why.Condition",
            _ when place is ["actions", _, ..] => "Rule.Why.Action",
            _ => "Rule.Why.Other",
        };
        var number = place.Length > 1 && int.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index + 1 : 0;
        return text.Format(key, number, refused.Sentence.In(text.Language));
    }

    private static string Shown(string text) => text.Length > MaxShown ? text[..MaxShown] + "…" : text;
}
