using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>UIDL: the unique-id of one message or of each: stays with a message across sessions and is never given to another.</summary>
// RFC 1939 §7.
internal sealed record Uidl(int? Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        int? number = arguments.IsEmpty ? null : arguments.Number();
        arguments.End();
        return new Uidl(number);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        await session.Maildrop.LoadAsync(cancel);
        if (Number is { } number)
        {
            session.Writer.Ok($"{number} {await session.Maildrop.UidlAsync(number, cancel)}");
            return;
        }
        session.Writer.Ok(Pop3Text.UniqueIds);
        await Listing.SendAsync(session, uidls: true, cancel);
    }
}
