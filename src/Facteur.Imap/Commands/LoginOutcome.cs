using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Net;

namespace Facteur.Imap.Commands;

/// <summary>What LOGIN and AUTHENTICATE have in common.</summary>
internal static class LoginOutcome
{
    /// <summary>No password in clear (RFC 9051 §6.2.3, LOGINDISABLED; code RFC 5530 §3).</summary>
    public static void RequirePrivacy(ImapSession session)
    {
        if (!Capabilities.CanSendPassword(session))
            throw new ImapRefusedException("PRIVACYREQUIRED", "passwords are taken under TLS only");
    }

    public static void Apply(ImapSession session, LoginResult result)
    {
        if (result.Account is { } account)
        {
            session.LogIn(account);
            session.Complete("CAPABILITY " + Capabilities.Of(session), "logged in");
            return;
        }
        var refusal = Refusal(result);
        if (result.Refusal is not (LoginRefusal.Busy or LoginRefusal.Temporary) && session.CountFailedLogin())
        {
            session.Refuse(refusal);
            throw session.Bye(EndReason.TooManyErrors, "too many failed logins");
        }
        throw refusal;
    }

    // Codes: RFC 5530 §3. The text is ASCII: before login nothing has been enabled that lets it be more (RFC 9051 §9, "text").
    private static ImapRefusedException Refusal(LoginResult result) => new(
        result.Why!.Nature switch
        {
            AccessNature.Wrong => "AUTHENTICATIONFAILED",
            AccessNature.Temporary => "UNAVAILABLE",
            AccessNature.Privacy => "PRIVACYREQUIRED",
            AccessNature.Owner => "NOPERM",
            _ => "CONTACTADMIN",
        },
        result.AsciiSentence);
}
