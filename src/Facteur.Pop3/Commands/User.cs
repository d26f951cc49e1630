using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>USER: names the maildrop; says yes to every name, so that it tells nothing about which exist.</summary>
// RFC 1939 §7, UTF-8 names RFC 6856 §2.2.
internal sealed record User(string Name) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments) => new User(arguments.Text(Pop3Text.UserMissing, Pop3Text.UserNotUtf8));

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        Auth.RequirePrivacy(session);
        session.UserName = Name;
        session.Writer.Ok(Pop3Text.NowThePassword);
        return default;
    }
}
