using Facteur.Accounts;
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
        var refusal = Refusal(result.Refusal);
        if (result.Refusal == LoginRefusal.BadCredentials && session.CountFailedLogin())
        {
            session.Refuse(refusal);
            throw session.Bye(EndReason.TooManyErrors, "too many failed logins");
        }
        throw refusal;
    }

    // Codes: RFC 5530 §3.
    private static ImapRefusedException Refusal(LoginRefusal refusal) => refusal switch
    {
        LoginRefusal.BadCredentials => new("AUTHENTICATIONFAILED", "wrong user name or password"),
        LoginRefusal.Disabled => new("CONTACTADMIN", "the account is disabled"),
        _ => new("UNAVAILABLE", "logins cannot be checked now; try again"),
    };
}
