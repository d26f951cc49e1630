namespace Facteur.Delivery.Sieve;

/// <summary>The setting "scripts". Of the site: its scripts that all mail goes through. Of an account or the site: the script for what happens in mailboxes.</summary>
/// <param name="Before">Name of a script of the site that runs before an account's own; the site's alone.</param>
/// <param name="After">Name of a script of the site that runs behind it; the site's alone.</param>
/// <param name="Events">Name of the account's script that runs when messages are added to a mailbox or change in it (RFC 6785 §2.3.1); "" is none.</param>
/// <param name="Mailboxes">The same for single mailboxes, by their full names: these go before <paramref name="Events"/>.</param>
public sealed record ScriptSetting(string? Before = null, string? After = null, string? Events = null, IReadOnlyDictionary<string, string>? Mailboxes = null)
{
    /// <summary>Name of the document.</summary>
    public const string Document = "scripts";
}
