using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>LHLO: the EHLO of LMTP.</summary>
// RFC 2033 §4.1
internal sealed record Lhlo(string Client) : SmtpCommand
{
    public static SmtpCommand Parse(ref SmtpReader reader) => new Lhlo(HelloName.Read(ref reader));

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => Ehlo.GreetAsync(session, Client);
}
