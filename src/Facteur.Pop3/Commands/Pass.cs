using Facteur.Accounts;
using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>PASS: the password for the name that USER gave; on success the maildrop is locked and open.</summary>
// RFC 1939 §7: the password is the rest of the line, spaces included.
internal sealed record Pass(string Password) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments) => new Pass(arguments.Text(Pop3Text.PasswordMissing, Pop3Text.PasswordNotUtf8));

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        Auth.RequirePrivacy(session);
        if (session.UserName is not { } name) throw new Pop3SyntaxException(Pop3Text.UserFirst);
        session.UserName = null;
        var attempt = new LoginAttempt(name, Password, session.Client);
        await session.CompleteLoginAsync(await session.Logins.LoginAsync(attempt, cancel), cancel);
    }

    public override string ToString() => "PASS";
}
