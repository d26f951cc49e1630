using System.Text;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>AUTH at a smarthost, by PLAIN or LOGIN: under verified TLS, which is checked here once more, both are as good as any.</summary>
// RFC 4954 §4, RFC 4616 §2
internal static class Authenticate
{
    private const int MaxCommand = 510; // RFC 5321 §4.5.3.1.4, CRLF not counted

    public static async ValueTask RunAsync(SmtpClientSession session, SmtpCredentials credentials)
    {
        session.Enter(SmtpStage.Auth);
        if (session.Tls is not { Verification: not TlsVerification.None })
            throw new StepException(AttemptVerdict.TemporaryFailure, "4.7.11", "the login is not sent: the host was not verified under TLS");
        var reply = session.Capabilities.Mechanisms switch
        {
            var known when known.Contains("PLAIN") => await PlainAsync(session, credentials),
            var known when known.Contains("LOGIN") => await LoginAsync(session, credentials),
            _ => throw new StepException(AttemptVerdict.TemporaryFailure, "4.7.4", "the host offers neither AUTH PLAIN nor AUTH LOGIN"),
        };
        if (reply.Code == 235) return;
        // A wrong password here is a setting to mend, not a fault of the message: it waits.
        throw reply.Code >= 400
            ? new StepException(reply, AttemptVerdict.TemporaryFailure)
            : new StepException(AttemptVerdict.TemporaryFailure, "4.5.0", $"the host answers AUTH with {reply.Code}");
    }

    private static async ValueTask<ClientReply> PlainAsync(SmtpClientSession session, SmtpCredentials credentials)
    {
        var response = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{credentials.UserName}\0{credentials.Password}"));
        if ("AUTH PLAIN ".Length + response.Length <= MaxCommand) return await SayAsync(session, "AUTH PLAIN " + response, "AUTH PLAIN ***");
        var reply = await SayAsync(session, "AUTH PLAIN", null);
        return reply.Code == 334 ? await SayAsync(session, response, "***") : reply;
    }

    private static async ValueTask<ClientReply> LoginAsync(SmtpClientSession session, SmtpCredentials credentials)
    {
        var reply = await SayAsync(session, "AUTH LOGIN", null);
        if (reply.Code == 334) reply = await SayAsync(session, Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials.UserName)), "***");
        if (reply.Code == 334) reply = await SayAsync(session, Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials.Password)), "***");
        return reply;
    }

    private static async ValueTask<ClientReply> SayAsync(SmtpClientSession session, string line, string? shown)
    {
        session.Wire.Command(SmtpStage.Auth, line, shown);
        await session.Wire.FlushAsync(session.Options.BlockTimeout);
        return await session.Wire.ReadReplyAsync(SmtpStage.Auth, session.Options.CommandTimeout);
    }
}
