using System.Text;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Pop3;

/// <summary>POP3 (RFC 1939) on the listeners pop3 and pop3s.</summary>
public sealed class Pop3ConnectionHandler(MailStore store, LoginService logins, Pop3Options options, TimeProvider time, ILogger<Pop3ConnectionHandler> logger) : IConnectionHandler
{
    internal Pop3Services Services { get; } = new(store, logins, options, time, logger);

    public string Protocol => "pop3";

    public ReadOnlyMemory<byte> Refusal { get; } = "-ERR [SYS/TEMP] too many connections; try again later\r\n"u8.ToArray(); // RFC 3206

    public ReadOnlyMemory<byte> RefusalFor(string why) => Encoding.ASCII.GetBytes($"-ERR [AUTH] {why}\r\n"); // RFC 3206 §4

    public async Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel)
    {
        using var session = new Pop3Session(connection, Services);
        return await session.RunAsync(cancel);
    }
}
