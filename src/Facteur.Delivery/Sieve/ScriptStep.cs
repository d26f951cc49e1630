using Facteur.Sieve;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>One script of those a message goes through: the site's before, the account's own, the site's behind it.</summary>
/// <param name="Owner">The account or the site.</param>
internal sealed record ScriptStep(SettingScope Owner, StoredScript Script, SieveCompilation Compilation)
{
    public bool IsOwn => Owner != SettingScope.Site;

    /// <summary>The script looks at the spam score: what it files by a command of its own is filed there, Junk or not.</summary>
    public bool DecidesOnSpam => Compilation.Script?.Required.Contains("spamtest") == true;
}

/// <summary>What one script decided, and which it was.</summary>
internal readonly record struct SteppedAction(SieveAction Action, ScriptStep Step);

/// <summary>A script that failed: nothing of what it decided is done (RFC 5228 §2.10.6).</summary>
internal readonly record struct ScriptFault(ScriptStep Step, SieveError Error);
