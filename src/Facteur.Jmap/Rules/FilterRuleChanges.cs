namespace Facteur.Jmap;

/// <summary>FilterRule/changes (docs/jmap.md).</summary>
internal sealed class FilterRuleChanges() : ListedChanges(FilterRuleType.Instance);
