using System.Globalization;
using System.Text;

namespace Facteur.Sieve.Rules;

/// <summary>Writes conditions of rules as tests.</summary>
internal static class ConditionText
{
    /// <summary>The test of a rule; null: it is for every message.</summary>
    public static string? Of(MailRule rule, SieveText script)
    {
        var tests = rule.Conditions.Select(condition => condition.IsNegated ? $"not {Of(condition, script)}" : Of(condition, script)).ToList();
        return tests.Count switch
        {
            0 => null,
            1 => tests[0],
            _ => $"{(rule.Match == RuleMatch.All ? "allof" : "anyof")} ({string.Join(",\r\n        ", tests)})",
        };
    }

    private static string Of(RuleCondition condition, SieveText script)
    {
        switch (condition.Field)
        {
            case RuleField.From: return Address("\"from\"", condition, script);
            case RuleField.To: return Address("\"to\"", condition, script);
            case RuleField.Cc: return Address("\"cc\"", condition, script);
            case RuleField.Recipient: return Address("[\"to\", \"cc\"]", condition, script);
            case RuleField.DeliveredTo:
                script.Require("envelope");
                return $"envelope {Matching(condition, script)} \"to\" {Keys(condition, script)}";
            case RuleField.Subject: return Header("\"subject\"", condition, script);
            case RuleField.Header: return Header(script.Quote(condition.Header!), condition, script);
            case RuleField.List: return Header("\"list-id\"", condition, script);
            case RuleField.Body: return Body(condition, script);
            case RuleField.Anywhere:
                return $"anyof (header {Matching(condition, script)} [\"from\", \"to\", \"cc\", \"subject\"] {Keys(condition, script)}, {Body(condition, script)})";
            case RuleField.Size: return string.Create(CultureInfo.InvariantCulture, $"size {(condition.Comparison == RuleComparison.Over ? ":over" : ":under")} {condition.Octets}");
            case RuleField.Attachment:
                script.Require("mime");
                return "header :mime :anychild :type :is \"content-disposition\" \"attachment\""; // RFC 5703 §4.1
            default:
                script.Require("extlists"); // RFC 6134 §2
                return $"address :list \"from\" \"{(condition.Field == RuleField.KnownSender ? ":addrbook:default" : "tag:facteur.email,2026:blocked")}\"";
        }
    }

    // Names are looked at as well where a part is enough: people search for "Ann".
    private static string Address(string fields, RuleCondition condition, SieveText script) =>
        $"{(condition.Comparison == RuleComparison.Contains ? "header" : "address")} {Matching(condition, script)} {fields} {Keys(condition, script)}";

    private static string Header(string field, RuleCondition condition, SieveText script) =>
        condition.Comparison == RuleComparison.Exists ? $"exists {field}" : $"header {Matching(condition, script)} {field} {Keys(condition, script)}";

    private static string Body(RuleCondition condition, SieveText script)
    {
        script.Require("body");
        return $"body :text {Matching(condition, script)} {Keys(condition, script)}";
    }

    private static string Matching(RuleCondition condition, SieveText script)
    {
        var kind = condition.Comparison switch
        {
            RuleComparison.Contains => ":contains",
            RuleComparison.Is => ":is",
            _ => ":matches",
        };
        if (condition.Values.All(value => Ascii.IsValid(value))) return kind;
        script.Require("comparator-i;unicode-casemap"); // RFC 5051
        return $"{kind} :comparator \"i;unicode-casemap\"";
    }

    private static string Keys(RuleCondition condition, SieveText script) => script.Quote([.. condition.Values.Select(value => condition.Comparison switch
    {
        RuleComparison.StartsWith => Glob(value) + "*",
        RuleComparison.EndsWith => "*" + Glob(value),
        _ => value,
    })]);

    // RFC 5228 §2.7.1.
    private static string Glob(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);
}
