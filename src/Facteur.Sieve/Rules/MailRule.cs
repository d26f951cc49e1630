using System.Text.Json.Serialization;

namespace Facteur.Sieve.Rules;

/// <summary>Whether all conditions of a rule have to hold, or one.</summary>
[JsonConverter(typeof(RuleWord<RuleMatch>))]
public enum RuleMatch : byte { All, Any }

/// <summary>What people make instead of a script: when a message is like this, do that.</summary>
/// <param name="Id">"r7": stays through changes, and is never used again.</param>
/// <param name="Name">What its owner calls it.</param>
public sealed record MailRule(string Id, string Name)
{
    /// <summary>Switched off it is kept, and does nothing.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Rules go by it, those of the same place by their age.</summary>
    public int SortOrder { get; init; }

    public RuleMatch Match { get; init; }

    /// <summary>None: every message.</summary>
    public IReadOnlyList<RuleCondition> Conditions { get; init => field = value ?? []; } = [];

    public IReadOnlyList<RuleAction> Actions { get; init => field = value ?? []; } = [];

    /// <summary>A message that it is for is shown to no later rule.</summary>
    public bool Stops { get; init; }
}
