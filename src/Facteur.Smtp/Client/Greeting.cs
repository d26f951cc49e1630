namespace Facteur.Smtp.Client;

/// <summary>The greeting: 220, or the host takes no mail now (4xx), not from us (554) or never (521).</summary>
// RFC 5321 §3.1, §4.3.1; RFC 7504 §3
internal static class Greeting
{
    public static async ValueTask RunAsync(SmtpClientSession session)
    {
        session.Enter(SmtpStage.Greeting);
        var reply = await session.Wire.ReadReplyAsync(SmtpStage.Greeting, session.Options.GreetingTimeout);
        if (reply.Code == 220) return;
        if (reply.Code >= 400) throw new StepException(reply);
        throw new StepException(AttemptVerdict.TemporaryFailure, "4.5.0", $"the host greets with {reply.Code}");
    }
}
