using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>UTF8: the client says that it reads UTF-8 header fields.</summary>
// RFC 6856 §2.1. Departure: messages with UTF-8 header fields go also to clients that never said UTF8, as they are stored, rather
// than refused or rewritten: fetchmail, getmail and Outlook do not know the command, and a refused RETR would stop their mail for good.
internal sealed record Utf8 : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        arguments.End();
        return new Utf8();
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        session.IsUtf8 = true;
        session.Writer.Ok(Pop3Text.Utf8On);
        return default;
    }
}
