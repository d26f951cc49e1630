using System.Globalization;
using Facteur.Accounts;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>EHLO: the client names itself and learns which extensions there are, here and now.</summary>
// RFC 5321 §4.1.1.1
internal sealed record Ehlo(string Client) : SmtpCommand
{
    public static SmtpCommand Parse(ref SmtpReader reader) => new Ehlo(HelloName.Read(ref reader));

    public override ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel) => GreetAsync(session, Client);

    internal static async ValueTask<SmtpReply?> GreetAsync(SmtpSession session, string client)
    {
        await session.GreetAsync(client, extended: true);
        return SmtpReply.OfLines(250, "", Lines(session));
    }

    private static List<string> Lines(SmtpSession session)
    {
        List<string> lines =
        [
            session.Options.HostName,
            "PIPELINING",                // RFC 2920
            string.Create(CultureInfo.InvariantCulture, $"SIZE {session.Options.MaxMessageOctets}"), // RFC 1870
            "8BITMIME",                  // RFC 6152
            "SMTPUTF8",                  // RFC 6531
            "CHUNKING",                  // RFC 3030
            "DSN",                       // RFC 3461
            "ENHANCEDSTATUSCODES",       // RFC 2034
            string.Create(CultureInfo.InvariantCulture, $"LIMITS RCPTMAX={session.Options.MaxRecipients}"), // RFC 9422 §4.2
        ];
        if (session.Connection.IsEncrypted) lines.Add("REQUIRETLS"); // RFC 8689 §2: of use only under TLS
        if (FutureRelease.IsOffered(session)) lines.Add(FutureRelease.Offer(session)); // RFC 4865 §3
        if (session.Connection.CanStartTls) lines.Add("STARTTLS"); // RFC 3207
        // What is not allowed in clear is not offered in clear (RFC 4954 §4).
        if (session is { MayAuthenticate: true, Account: null }) lines.Add("AUTH " + string.Join(' ', SaslServer.MechanismsFor(session.Client, session.Logins)));
        return lines;
    }
}
