using System.Globalization;

namespace Facteur.Sieve.Rules;

/// <summary>
/// Writes rules as Sieve, with what the settings of the account do (<see cref="RuleSettings"/>). First all rules look at the message, then is done what
/// those want that it is for: so that a star which a later rule gives is on the copy that an earlier one files. What the filter calls junk goes to
/// Junk untouched, unless a rule says that it is none.
/// </summary>
internal sealed class RuleScriptWriter
{
    private const string Junk = "junk", Safe = "safe", Filed = "filed", Stopped = "stopped", Replied = "replied";

    private readonly SieveText script = new();
    private readonly IReadOnlyList<MailRule> rules;
    private readonly RuleSettings settings;

    private RuleScriptWriter(IReadOnlyList<MailRule> rules, RuleSettings settings) => (this.rules, this.settings) = (rules, settings);

    /// <param name="rules">Checked, and in order.</param>
    /// <returns>"" when nothing is to be done.</returns>
    public static string Write(IReadOnlyList<MailRule> rules, RuleSettings settings)
    {
        var on = rules.Where(rule => rule.IsOn).ToList();
        if (on.Count == 0 && settings.IsEmpty) return "";
        var writer = new RuleScriptWriter(on, settings);
        writer.Write();
        return writer.script.ToString();
    }

    private void Write()
    {
        script.Require("variables", "spamtestplus", "relational", "comparator-i;ascii-numeric", "imap4flags");
        script.Line(0, "if spamtest :percent :value \"ge\" :comparator \"i;ascii-numeric\" \"50\" {"); // RFC 5235 §3.2
        Set(1, Junk);
        script.Line(0, "}");
        SettingText.WriteBlocked(settings, script, Junk);
        for (var i = 0; i < rules.Count; i++) WriteMatch(rules[i], i + 1, rules.Take(i).Any(rule => rule.Stops));
        script.Line(0, "");
        script.Line(0, $"if {Is(Junk)} {{");
        script.Line(1, "setflag \"\";");
        SettingText.WriteJunk(settings, script);
        script.Line(0, "} else {");
        for (var i = 0; i < rules.Count; i++) WriteDeeds(rules[i], i + 1);
        if (rules.Any(IsSafe)) WriteKeep();
        SettingText.WriteDeeds(settings, script, Filed, Replied);
        script.Line(0, "}");
    }

    private static bool IsSafe(MailRule rule) => rule.Actions.Any(action => action.Type == RuleActionType.NeverJunk);

    private static string Matched(int number) => string.Create(CultureInfo.InvariantCulture, $"rule{number}");

    private static string Is(string variable) => $"string \"${{{variable}}}\" \"yes\"";

    private void WriteMatch(MailRule rule, int number, bool mayBeStopped)
    {
        script.Line(0, "");
        script.Line(0, string.Create(CultureInfo.InvariantCulture, $"# {number}. {rule.Name}"));
        var test = ConditionText.Of(rule, script);
        if (mayBeStopped) test = test is null ? $"not {Is(Stopped)}" : $"allof (not {Is(Stopped)}, {test})";
        script.Line(0, $"if {test ?? "true"} {{");
        Set(1, Matched(number));
        foreach (var action in rule.Actions) WriteFlag(action);
        if (IsSafe(rule))
        {
            script.Line(1, $"set \"{Junk}\" \"\";");
            Set(1, Safe);
        }
        if (rule.Stops) Set(1, Stopped);
        script.Line(0, "}");
    }

    private void WriteFlag(RuleAction action)
    {
        var flag = action.Type switch
        {
            RuleActionType.MarkRead => "\\Seen",
            RuleActionType.Star => "\\Flagged",
            RuleActionType.Flag => action.Keyword,
            _ => null,
        };
        if (flag is not null) script.Line(1, $"addflag {script.Quote(flag)};");
    }

    private void WriteDeeds(MailRule rule, int number)
    {
        if (!rule.Actions.Any(IsDeed)) return;
        script.Line(1, $"if {Is(Matched(number))} {{");
        foreach (var action in rule.Actions) WriteDeed(rule, action);
        script.Line(1, "}");
    }

    private static bool IsDeed(RuleAction action) => action.Type is not (RuleActionType.Flag or RuleActionType.MarkRead or RuleActionType.Star or RuleActionType.NeverJunk);

    private void WriteDeed(MailRule rule, RuleAction action)
    {
        switch (action.Type)
        {
            case RuleActionType.Move:
                File($"fileinto {Target(action)};");
                break;
            case RuleActionType.Label:
                script.Require("copy");
                script.Line(2, $"fileinto :copy {Target(action)};");
                break;
            case RuleActionType.Archive:
                File(script.Use("Archive"));
                break;
            case RuleActionType.Delete:
                File(script.Use("Trash"));
                break;
            case RuleActionType.Junk:
                File(script.Use("Junk"));
                break;
            case RuleActionType.Forward when !settings.MaySendTo(action.Address!):
                script.Line(2, "# Not sent on: nobody there agreed, or not any more.");
                break;
            case RuleActionType.Forward:
                script.Require("copy");
                script.Line(2, $"redirect :copy {script.Quote(action.Address!)};");
                break;
            case RuleActionType.Notify when settings.MaySendTo(action.Address!):
                script.Require("enotify");
                script.Line(2, $"notify {(action.Text is null ? "" : $":message {script.Quote(action.Text)} ")}{script.Quote(Mailto(action.Address!))};");
                break;
            case RuleActionType.Reply:
                WriteReply(rule, action);
                break;
        }
    }

    // RFC 5230 §4.7: one vacation a message.
    private void WriteReply(MailRule rule, RuleAction action)
    {
        script.Require("vacation");
        script.Line(2, $"if not {Is(Replied)} {{");
        Set(3, Replied);
        var subject = action.Subject is null ? "" : $":subject {script.Quote(action.Subject)} ";
        script.Line(3, string.Create(CultureInfo.InvariantCulture, $"vacation :days {action.Days ?? 7} :handle \"rule {rule.Id}\" {subject}{script.Quote(action.Text!)};"));
        script.Line(2, "}");
    }

    // What a rule takes from junk stays in the inbox only when it is told to.
    private void WriteKeep()
    {
        script.Line(1, $"if allof ({Is(Safe)}, not {Is(Filed)}) {{");
        script.Line(2, "keep;");
        script.Line(1, "}");
    }

    private void File(string command)
    {
        script.Require("fileinto");
        script.Line(2, command);
        Set(2, Filed);
    }

    private string Target(RuleAction action)
    {
        script.Require("fileinto", "mailbox");
        if (action.MailboxId is null) return $":create {script.Quote(action.Mailbox!)}";
        script.Require("mailboxid"); // RFC 9042 §4
        // As IMAP has it (RFC 8474 §4); JMAP's is the same number behind another letter.
        var id = action.MailboxId.StartsWith('m') ? $"F{action.MailboxId.AsSpan(1)}" : action.MailboxId;
        return $":create :mailboxid {script.Quote(id)} {script.Quote(action.Mailbox!)}";
    }

    // RFC 6068 §2: what an address could hold that a URI may not.
    private static string Mailto(string address)
    {
        var at = address.LastIndexOf('@');
        return $"mailto:{Uri.EscapeDataString(address[..at])}@{Uri.EscapeDataString(address[(at + 1)..])}";
    }

    private void Set(int depth, string variable) => script.Line(depth, $"set \"{variable}\" \"yes\";");
}
