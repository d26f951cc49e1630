using System.Text;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Imap;

/// <summary>IMAP4rev1 and IMAP4rev2 on the connections of a listener.</summary>
public sealed class ImapConnectionHandler(MailStore store, LoginService logins, ImapOptions options, TimeProvider time, ILogger<ImapConnectionHandler> logger) : IConnectionHandler
{
    private readonly ImapHost host = new(store, logins, options, time, new RecentMarks(), new MetadataFeed(store.Annotations), logger);

    public string Protocol => "imap";

    public ReadOnlyMemory<byte> Refusal { get; } = "* BYE [UNAVAILABLE] too many connections; try again later\r\n"u8.ToArray(); // RFC 9051 §7.1.5: one of three greetings

    public ReadOnlyMemory<byte> RefusalFor(string why) => Encoding.ASCII.GetBytes($"* BYE [CONTACTADMIN] {why}\r\n"); // RFC 5530 §3

    public Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel) => new ImapSession(connection, host, cancel).RunAsync();
}

/// <summary>What all sessions share.</summary>
internal sealed record ImapHost(MailStore Store, LoginService Logins, ImapOptions Options, TimeProvider Time, RecentMarks Recents, MetadataFeed Metadata, ILogger Logger);
