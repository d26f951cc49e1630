using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>EHLO names us and learns what the peer can do; HELO for peers that know no other; LHLO for LMTP.</summary>
// RFC 5321 §3.2, §4.1.1.1; RFC 2033 §4.1
internal static class Ehlo
{
    public static async ValueTask<PeerCapabilities> RunAsync(SmtpClientSession session)
    {
        session.Enter(SmtpStage.Ehlo);
        var reply = await SayAsync(session, session.IsLmtp ? "LHLO" : "EHLO");
        if (reply.Code == 250) return PeerCapabilities.Read(reply.Lines);
        // "I do not know that" in any words leads to HELO (RFC 5321 §3.2); "not now" and "not you" would only be said again.
        if (session.IsLmtp || reply.Code is < 500 or 521 or 554) throw Failed(reply);
        reply = await SayAsync(session, "HELO");
        return reply.Code == 250 ? PeerCapabilities.None : throw Failed(reply);
    }

    private static async ValueTask<ClientReply> SayAsync(SmtpClientSession session, string verb)
    {
        session.Wire.Command(SmtpStage.Ehlo, $"{verb} {session.Options.HostName}");
        await session.Wire.FlushAsync(session.Options.BlockTimeout);
        return await session.Wire.ReadReplyAsync(SmtpStage.Ehlo, session.Options.CommandTimeout);
    }

    private static StepException Failed(ClientReply reply) => reply.Code >= 400
        ? new StepException(reply)
        : new StepException(AttemptVerdict.TemporaryFailure, "4.5.0", $"the host answers its greeting with {reply.Code}");
}
