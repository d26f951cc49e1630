using System.Text;

namespace Facteur.Sieve.Rules;

/// <summary>The conditions of a rule by themselves, as the script of the rules asks them.</summary>
public sealed class RuleTest
{
    private readonly SieveScript script;
    private readonly SieveLimits limits;

    /// <param name="conditions">None: every message.</param>
    /// <exception cref="RuleRefusedException">Invalid or TooMany.</exception>
    public RuleTest(RuleMatch match, IReadOnlyList<RuleCondition> conditions, SieveLimits limits)
    {
        var rule = new MailRule(RuleSet.IdOf(1), "test") { Match = match, Conditions = conditions, Actions = [new RuleAction(RuleActionType.Star)] };
        RuleCheck.Check(rule);
        RuleCheck.Check([rule], limits);
        var text = new SieveText();
        var test = ConditionText.Of(rule, text) ?? "true";
        text.Line(0, $"if {test} {{");
        text.Line(1, "discard;");
        text.Line(0, "}");
        var compilation = SieveScript.Compile(Encoding.UTF8.GetBytes(text.ToString()), limits);
        script = compilation.Script ?? throw new RuleRefusedException(RuleRefusal.Invalid, ScriptText.ConditionsUnwritable.With(compilation.Errors[0].Sentence), "conditions");
        this.limits = limits;
    }

    /// <summary>Whether they hold; not where that cannot be found out.</summary>
    public async ValueTask<bool> HoldsAsync(SieveMessage message, SieveContext context, SieveHost host, CancellationToken cancel)
    {
        var result = await script.RunAsync(message, context, host, limits, cancel);
        return result.Error is null && result.Actions.Any(action => action is DiscardAction);
    }
}
