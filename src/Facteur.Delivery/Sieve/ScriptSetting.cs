namespace Facteur.Delivery.Sieve;

/// <summary>The setting "scripts" of the site: its scripts that all mail goes through.</summary>
/// <param name="Before">Name of a script of the site that runs before an account's own.</param>
/// <param name="After">Name of a script of the site that runs behind it.</param>
public sealed record ScriptSetting(string? Before = null, string? After = null)
{
    /// <summary>Name of the document.</summary>
    public const string Document = "scripts";
}
