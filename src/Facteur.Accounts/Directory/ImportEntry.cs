namespace Facteur.Accounts;

/// <summary>What an import does with an item.</summary>
public enum ImportAction { Unchanged, Added, Changed, Refused }

/// <summary>An item of an import and what becomes of it.</summary>
/// <param name="Line">Of the file.</param>
/// <param name="Kind">"site", "domain", "account", "share", "alias", "annotations", "contacts" or "line".</param>
/// <param name="Name">Which.</param>
/// <param name="Details">What changes, a phrase each; of a refused one, why.</param>
/// <param name="GeneratedPassword">Of an account that was added without one: the one time it is seen.</param>
public sealed record ImportEntry(int Line, ImportAction Action, string Kind, string Name, IReadOnlyList<string> Details, string? GeneratedPassword = null);

/// <summary>How many of each.</summary>
/// <param name="Applied">False: nothing was written, because it was a rehearsal or something was refused.</param>
public sealed record ImportSummary(int Added, int Changed, int Unchanged, int Refused, bool Applied);
