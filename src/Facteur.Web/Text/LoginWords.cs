using Facteur.Accounts.Policy;

namespace Facteur.Web.Text;

/// <summary>Rows of the login history in words for their owner; what is not known is shown as it is.</summary>
internal static class LoginWords
{
    public static string Protocol(WebText text, string protocol) => Find(text, "Login.By." + protocol) ?? protocol;

    /// <param name="credential">"password", "app-password: phone".</param>
    public static string Credential(WebText text, string credential)
    {
        var (kind, label) = credential.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at ? (credential[..at], credential[(at + 2)..]) : (credential, "");
        return Find(text, "Login.With." + kind) is not { } words ? credential : label.Length == 0 ? words : text.Format("Login.Labelled", words, label);
    }

    /// <param name="result">"ok", or the code of a refusal.</param>
    public static string Result(WebText text, string result) => result == "ok" ? text["Security.Ok"] : Find(text, "Login.Refused." + result) is { } words ? $"{words} ({result})" : result;

    private static string? Find(WebText text, string key) => WebText.Has(key) ? text[key] : null;
}
