namespace Facteur.Jmap;

/// <summary>FilterRule/get (docs/jmap.md).</summary>
internal sealed class FilterRuleGet() : ListedGet(FilterRuleType.Instance);
