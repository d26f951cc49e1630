using System.Text;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Sieve.Scripts;
using Microsoft.Extensions.Logging;

namespace Facteur.Sieve.Managing;

/// <summary>ManageSieve (RFC 5804) on the listener managesieve.</summary>
public sealed class ManageSieveConnectionHandler(SieveScripts scripts, LoginService logins, ManageSieveOptions options, ILogger<ManageSieveConnectionHandler> logger) : IConnectionHandler
{
    internal ManageSieveServices Services { get; } = new(scripts, logins, options, logger);

    public string Protocol => "managesieve";

    public ReadOnlyMemory<byte> Refusal { get; } = "BYE (TRYLATER) \"too many connections; try again later\"\r\n"u8.ToArray();

    public ReadOnlyMemory<byte> RefusalFor(string why) => Encoding.ASCII.GetBytes($"BYE \"{why.Replace("\\", "", StringComparison.Ordinal).Replace('"', '\'')}\"\r\n");

    public async Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel)
    {
        using var session = new ManageSieveSession(connection, Services);
        return await session.RunAsync(cancel);
    }
}

/// <summary>What all sessions of a server share.</summary>
internal sealed record ManageSieveServices(SieveScripts Scripts, LoginService Logins, ManageSieveOptions Options, ILogger Logger);
