using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What the calls of one request share: the user, the accounts they may use, ids of what they created.</summary>
public sealed class JmapRequest(JmapServices services, JmapUser user)
{
    private readonly Dictionary<string, string> createdIds = new(StringComparer.Ordinal);
    private IReadOnlyList<JmapAccount>? accounts;
    private long madeOctets;

    public JmapServices Services { get; } = services;

    public JmapUser User { get; } = user;

    /// <summary>Capabilities that the client names in "using": a server follows no others (RFC 8620 §1.8). Null: all of them.</summary>
    internal IReadOnlySet<string>? Using { get; init; }

    /// <summary>Those of the server, by which methods of an account are refused that it has not; null: none are.</summary>
    internal JmapCapabilitySet? Capabilities { get; init; }

    /// <summary>Whether the client opted in to a capability: properties and arguments of ours are there for no one else.</summary>
    public bool Uses(string capability) => Using?.Contains(capability) ?? true;

    /// <summary>Ids by creation id, in this request and those the client sent along (RFC 8620 §3.3, §5.3).</summary>
    public IReadOnlyDictionary<string, string> CreatedIds => createdIds;

    /// <summary>Counts octets of blobs that the request makes; false for more than it may (<see cref="JmapLimits.MaxSizeBlobsInRequest"/>).</summary>
    internal bool MayMake(int octets) => (madeOctets += octets) <= Services.Limits.MaxSizeBlobsInRequest;

    public void Created(string creationId, string id) => createdIds[creationId] = id;

    /// <summary>The id itself, or for "#creationId" the one it got; null when nothing was created by that name.</summary>
    public string? ResolveId(string id) => id.Length == 0 || id[0] != '#' ? id : createdIds.GetValueOrDefault(id[1..]);

    /// <summary>Accounts the user may use: the own one first.</summary>
    public async ValueTask<IReadOnlyList<JmapAccount>> AccountsAsync(CancellationToken cancel)
    {
        if (accounts is not null) return accounts;
        var own = User.Account;
        var found = new List<JmapAccount> { new(own.Id, own.Address, own.DisplayName, own.Member is null, own.MayWrite ? ShareRights.All : ShareRights.Read) { User = User.Person, HasPrincipals = own.Member is null } };
        if (own.Member is null)
            foreach (var share in await Services.Store.Directory.ListSharesOfAsync(own.Id, cancel))
                if (share.Rights.HasFlag(ShareRights.Read) && await Services.Store.Directory.GetAccountAsync(share.Shared, cancel) is { Enabled: true } shared
                    && await Services.Logins.LetsInMemberAsync(shared, own, cancel))
                    found.Add(new JmapAccount(shared.Id, shared.Address, shared.DisplayName, false, share.Rights) { User = User.Person, HasPrincipals = true });
        return accounts = found;
    }

    /// <summary>Null for one that is not there or that the user may not use.</summary>
    public async ValueTask<JmapAccount?> FindAccountAsync(string id, CancellationToken cancel)
    {
        if (!JmapIds.TryRead(id, out AccountId wanted)) return null;
        foreach (var account in await AccountsAsync(cancel))
            if (account.Id == wanted) return account;
        return null;
    }
}
