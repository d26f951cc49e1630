using Facteur.Pop3.Wire;
using Facteur.Storage;

namespace Facteur.Pop3.Commands;

/// <summary>RETR: a message.</summary>
// RFC 1939 §5. The answer names no size: clients read to the dot, and TOP and RETR then answer alike.
internal sealed record Retr(int Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        var number = arguments.Number("the message number");
        arguments.End();
        return new Retr(number);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel)
    {
        await SendAsync(session, Number, new TopLimit(TopLimit.WholeMessage), cancel);
        session.Fetched(session.Maildrop[Number].Email);
    }

    /// <summary>Sends a message or its top. Once the first octet is written there is no way to refuse: a failure then ends the connection.</summary>
    public static async ValueTask SendAsync(Pop3Session session, int number, TopLimit limit, CancellationToken cancel)
    {
        await using var body = await session.Maildrop.OpenBodyAsync(number, cancel);
        session.Writer.Ok("message follows");
        try
        {
            await MessageSender.SendAsync(session.Connection, body, limit, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            session.Break(e);
        }
    }
}
