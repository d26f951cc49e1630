using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>LIST: the size of one message or of each, in octets as stored: what RETR sends, without its doubled dots and its end.</summary>
// RFC 1939 §5, §11.
internal sealed record List(int? Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        int? number = arguments.IsEmpty ? null : arguments.Number("the message number");
        arguments.End();
        return new List(number);
    }

    public override ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        if (Number is { } number)
        {
            session.Writer.Ok($"{number} {session.Maildrop[number].Body.Size}");
            return default;
        }
        session.Writer.Ok($"{session.Maildrop.Count} messages ({session.Maildrop.Octets} octets)");
        foreach (var (at, message) in session.Maildrop.List()) session.Writer.Listing(at, message.Body.Size);
        session.Writer.EndOfLines();
        return default;
    }
}
