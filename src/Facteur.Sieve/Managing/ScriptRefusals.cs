using Facteur.Sieve.Scripts;

namespace Facteur.Sieve.Managing;

/// <summary>Refusals of the script store as answers.</summary>
internal static class ScriptRefusals
{
    /// <summary>RFC 5804 §1.3.</summary>
    public static string? CodeOf(ScriptRefusal reason) => reason switch
    {
        ScriptRefusal.NonExistent => "NONEXISTENT",
        ScriptRefusal.AlreadyExists => "ALREADYEXISTS",
        ScriptRefusal.IsActive => "ACTIVE",
        ScriptRefusal.TooLarge => "QUOTA/MAXSIZE",
        ScriptRefusal.TooManyScripts => "QUOTA/MAXSCRIPTS",
        ScriptRefusal.OverQuota => "QUOTA",
        _ => null,
    };

    public static string TextOf(ScriptRefusedException refused) => refused.Reason == ScriptRefusal.Invalid ? Lines(refused.Errors) : refused.Message;

    /// <summary>One line each, the first error first (RFC 5804 §2.6).</summary>
    public static string Lines(IReadOnlyList<SieveError> errors) => string.Join("\r\n", errors.Select(error => $"line {error.At.Line}, column {error.At.Column}: {error.Message}"));
}
