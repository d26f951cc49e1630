using Facteur.Accounts;

namespace Facteur.Imap.Commands;

/// <summary>LOGIN: user name and password in the command.</summary>
// RFC 9051 §6.2.3.
internal sealed record Login(string UserName, string Password) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var user = reader.AString();
        reader.Space();
        var password = reader.AString();
        reader.End();
        return new Login(user, password);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        LoginOutcome.RequirePrivacy(session);
        var attempt = new LoginAttempt(UserName, Password, session.Client);
        LoginOutcome.Apply(session, await session.Logins.LoginAsync(attempt, cancel));
    }

    public override string ToString() => "LOGIN";
}
