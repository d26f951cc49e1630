using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>UIDL: the unique-id of one message or of each: stays with a message across sessions and is never given to another.</summary>
// RFC 1939 §7.
internal sealed record Uidl(int? Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        int? number = arguments.IsEmpty ? null : arguments.Number("the message number");
        arguments.End();
        return new Uidl(number);
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (Number is { } number)
        {
            session.Writer.Ok($"{number} {session.Maildrop[number].Uidl}");
            return default;
        }
        session.Writer.Ok("unique-ids");
        foreach (var (at, message) in session.Maildrop.List()) session.Writer.Line($"{at} {message.Uidl}");
        session.Writer.EndOfLines();
        return default;
    }
}
