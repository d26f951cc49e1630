namespace Facteur.Accounts.Policy;

/// <summary>Why somebody may not in: a stable code, and what its sentence is made with.</summary>
/// <param name="Code">FCT-3nnn, the name of the sentence in AccessText.</param>
public sealed record AccessRefusal(string Code, params string[] Arguments)
{
    /// <summary>One line in a language ("en", "fr"), the code at its end: "POP is switched off for this account by its administrator (FCT-3101)".</summary>
    public string In(string locale) => AccessText.Of(Code, locale, Arguments);
}
