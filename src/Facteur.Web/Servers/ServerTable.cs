using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Web.Servers;

/// <summary>A port as it is typed into a mail program.</summary>
public sealed record ServerRow(MailProtocol Protocol, string Host, int Port, bool IsTls)
{
    /// <summary>What programs call the encryption.</summary>
    public string Encryption => IsTls ? "SSL/TLS" : "STARTTLS";
}

/// <summary>Whether an account may use a protocol, and with which password.</summary>
/// <param name="OffBy">The administrator's rule that is against it; null when none is.</param>
/// <param name="IsOffByOwner">The owner switched it off.</param>
/// <param name="AppPasswordBy">The rule that refuses the main password; null when it is taken.</param>
public sealed record ServerAccess(PolicyOrigin? OffBy, bool IsOffByOwner, PolicyOrigin? AppPasswordBy)
{
    public bool IsOn => OffBy is null && !IsOffByOwner;
}

/// <summary>What an account's mail programs have to be told: names, ports, encryption, user name, which password.</summary>
public sealed class ServerTable
{
    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<MailProtocol> Protocols = [MailProtocol.Imap, MailProtocol.Pop3, MailProtocol.Submission];

    private readonly Dictionary<MailProtocol, ServerAccess> access;

    private ServerTable(string user, IReadOnlyList<ServerRow> rows, Dictionary<MailProtocol, ServerAccess> access) => (User, Rows, this.access) = (user, rows, access);

    /// <summary>The user name of every protocol: the whole address.</summary>
    public string User { get; }

    /// <summary>All that is open, TLS from the first octet before STARTTLS (RFC 8314 §3).</summary>
    public IReadOnlyList<ServerRow> Rows { get; }

    public ServerAccess this[MailProtocol protocol] => access[protocol];

    /// <summary>The port that is recommended; null when none of the protocol is open.</summary>
    public ServerRow? Best(MailProtocol protocol) => Rows.FirstOrDefault(row => row.Protocol == protocol);

    public static async ValueTask<ServerTable> OfAsync(WebServices services, AccountRecord account, CancellationToken cancel)
    {
        var policy = await services.Policies.EffectiveAsync(account, cancel);
        var pop = (await services.Settings.PopAsync(account, cancel)).Scope == PopScope.Off;
        var imap = (await services.Settings.ImapAsync(account.Id, cancel)).IsOff;
        var access = Protocols.ToDictionary(protocol => protocol, protocol => Access(policy[protocol], protocol switch { MailProtocol.Pop3 => pop, MailProtocol.Imap => imap, _ => false }));
        return new ServerTable(account.Address, RowsOf(services.Options), access);
    }

    private static List<ServerRow> RowsOf(WebOptions options) =>
    [
        .. options.ProgramListeners().Select(one => new ServerRow(one.Protocol, options.HostName, one.EndPoint.Port, one.IsTls)).Distinct()
            .OrderBy(row => Protocols.ToList().IndexOf(row.Protocol)).ThenByDescending(row => row.IsTls).ThenBy(row => row.Port),
    ];

    private static ServerAccess Access(ProtocolPolicy rules, bool isOffByOwner) => new(
        rules.On.Value ? null : rules.On.Origin, isOffByOwner,
        rules.AppPassword.Value ? rules.AppPassword.Origin : rules.SecondFactor.Value ? rules.SecondFactor.Origin : null);
}
