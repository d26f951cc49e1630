using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>LIST: the size of one message or of each, in octets as stored: what RETR sends, without its doubled dots and its end.</summary>
// RFC 1939 §5, §11.
internal sealed record List(int? Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        int? number = arguments.IsEmpty ? null : arguments.Number();
        arguments.End();
        return new List(number);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        await session.Maildrop.LoadAsync(cancel);
        if (Number is { } number)
        {
            session.Writer.Ok(number, session.Maildrop[number].Size);
            return;
        }
        session.Writer.Ok(Pop3Text.Messages, session.Maildrop.Count, session.Maildrop.Octets);
        await Listing.SendAsync(session, uidls: false, cancel);
    }
}
