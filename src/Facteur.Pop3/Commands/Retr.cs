using Facteur.Pop3.Texts;
using Facteur.Pop3.Wire;

namespace Facteur.Pop3.Commands;

/// <summary>RETR: a message.</summary>
// RFC 1939 §5. The answer names no size: clients read to the dot, and TOP and RETR then answer alike.
internal sealed record Retr(int Number) : Pop3Command
{
    public static Pop3Command Parse(ref Pop3Arguments arguments)
    {
        var number = arguments.Number();
        arguments.End();
        return new Retr(number);
    }

    public override async ValueTask RunAsync(Pop3Session session, CancellationToken cancel) =>
        await SendAsync(session, Number, new TopLimit(TopLimit.WholeMessage), isFetch: true, cancel);

    /// <summary>Sends a message or its top. Once the first octet is written there is no way to refuse: a failure then ends the connection.</summary>
    /// <param name="isFetch">When all of it went out, as far as this side can know, the client has it.</param>
    public static async ValueTask SendAsync(Pop3Session session, int number, TopLimit limit, bool isFetch, CancellationToken cancel)
    {
        await session.Maildrop.LoadAsync(cancel);
        if (await SendAsync(session, number, limit, cancel) && isFetch) session.Fetched(number, session.Maildrop[number].Email);
    }

    private static async ValueTask<bool> SendAsync(Pop3Session session, int number, TopLimit limit, CancellationToken cancel)
    {
        // A client that sent more commands already fetches one message after another.
        var atHand = await session.Maildrop.ShortBodyAsync(number, ahead: !session.Connection.Buffer.IsEmpty, cancel);
        if (!atHand.IsEmpty)
        {
            session.Writer.Ok(Pop3Text.MessageFollows);
            return await MessageSender.SendAsync(session.Connection, atHand, limit);
        }
        await using var body = await session.Maildrop.OpenBodyAsync(number, cancel);
        session.Writer.Ok(Pop3Text.MessageFollows);
        try
        {
            return await MessageSender.SendAsync(session.Connection, body, limit, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            session.Break(e);
            return false;
        }
    }
}
