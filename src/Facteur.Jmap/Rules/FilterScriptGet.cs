namespace Facteur.Jmap;

/// <summary>FilterScript/get (docs/jmap.md).</summary>
internal sealed class FilterScriptGet() : ListedGet(FilterScriptType.Instance);
