using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>QUIT: said when the connection lives; nothing depends on the answer.</summary>
// RFC 5321 §4.1.1.10
internal static class Quit
{
    public static async ValueTask RunAsync(SmtpClientSession session)
    {
        session.Enter(SmtpStage.Quit);
        try
        {
            session.Wire.Command(SmtpStage.Quit, "QUIT");
            await session.Wire.FlushAsync(session.Options.QuitTimeout);
            await session.Wire.ReadReplyAsync(SmtpStage.Quit, session.Options.QuitTimeout);
        }
        catch (Exception e) when (e is WireException or OperationCanceledException)
        {
            // It has gone without a word; so do we.
        }
    }
}
