using Facteur.Accounts.Policy;

namespace Facteur.Accounts.Sessions;

/// <summary>What came of a step of a sign-in: a session, a question for the second factor, or a refusal.</summary>
/// <param name="Secret">For the cookie of the session, or of the sign-in that waits for its second factor.</param>
/// <param name="Session">Set when somebody is signed in.</param>
/// <param name="Refusal">None when the sign-in goes on or is done.</param>
public sealed record SignInAnswer(string? Secret, WebSession? Session, LoginRefusal Refusal, AccessRefusal? Reason = null, string Locale = "en")
{
    /// <summary>The password is right; a code is wanted.</summary>
    public bool NeedsCode => Secret is not null && Session is null;

    /// <summary>Too many codes were wrong, or the sign-in took too long: it begins again with the password.</summary>
    public bool BeginsAgain { get; init; }

    internal static SignInAnswer Refused(LoginRefusal refusal, AccessRefusal? reason = null, string locale = "en") => new(null, null, refusal, reason, locale);
}
