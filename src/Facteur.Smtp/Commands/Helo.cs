using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>HELO: the client names itself and wants no extension.</summary>
// RFC 5321 §4.1.1.1
internal sealed record Helo(string Client) : SmtpCommand
{
    public static SmtpCommand Parse(ref SmtpReader reader) => new Helo(HelloName.Read(ref reader));

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        await session.GreetAsync(Client, extended: false);
        return SmtpReply.Of(250, "", session.Options.HostName);
    }
}
