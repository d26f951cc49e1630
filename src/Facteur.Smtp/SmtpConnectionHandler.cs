using System.Text;
using Facteur.Accounts;
using Facteur.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Smtp;

/// <summary>Runs SMTP or LMTP on the connections of a listener.</summary>
/// <param name="logins">Who may log in; only <see cref="SmtpMode.Submission"/> asks.</param>
public sealed class SmtpConnectionHandler(SmtpMode mode, SmtpOptions options, IMailHandoff handoff, LoginService? logins, ILogger<SmtpConnectionHandler>? log = null)
    : IConnectionHandler
{
    private readonly ILogger log = log ?? NullLogger<SmtpConnectionHandler>.Instance;

    public string Protocol => mode == SmtpMode.Lmtp ? "lmtp" : "smtp";

    public ReadOnlyMemory<byte> Refusal { get; } = "421 4.7.0 too many connections; try again later\r\n"u8.ToArray();

    public ReadOnlyMemory<byte> RefusalFor(string why) => Encoding.ASCII.GetBytes($"421 4.7.0 {why}\r\n"); // after 421 alone may a server close (RFC 5321 §3.8)

    public async Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel)
    {
        await using var session = new SmtpSession(connection, mode, options, handoff, logins, log, cancel);
        try
        {
            return await session.RunAsync();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return EndReason.Draining;
        }
    }
}
