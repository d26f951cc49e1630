using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What the calls of one request share: the user, the accounts they may use, ids of what they created.</summary>
public sealed class JmapRequest(JmapServices services, JmapUser user)
{
    private readonly Dictionary<string, string> createdIds = new(StringComparer.Ordinal);
    private readonly Queue<(string Method, ReadOnlyMemory<byte> Arguments)> following = new();
    private IReadOnlyList<JmapAccount>? accounts;

    public JmapServices Services { get; } = services;

    public JmapUser User { get; } = user;

    /// <summary>Ids by creation id, in this request and those the client sent along (RFC 8620 §3.3, §5.3).</summary>
    public IReadOnlyDictionary<string, string> CreatedIds => createdIds;

    public void Created(string creationId, string id) => createdIds[creationId] = id;

    /// <summary>The id itself, or for "#creationId" the one it got; null when nothing was created by that name.</summary>
    public string? ResolveId(string id) => id.Length == 0 || id[0] != '#' ? id : createdIds.GetValueOrDefault(id[1..]);

    /// <summary>Accounts the user may use: the own one first.</summary>
    public async ValueTask<IReadOnlyList<JmapAccount>> AccountsAsync(CancellationToken cancel)
    {
        if (accounts is not null) return accounts;
        var own = User.Account;
        var found = new List<JmapAccount> { new(own.Id, own.Address, own.DisplayName, own.Member is null, own.MayWrite ? ShareRights.All : ShareRights.Read) };
        if (own.Member is null)
            foreach (var share in await Services.Store.Directory.ListSharesOfAsync(own.Id, cancel))
                if (share.Rights.HasFlag(ShareRights.Read) && await Services.Store.Directory.GetAccountAsync(share.Shared, cancel) is { Enabled: true } shared)
                    found.Add(new JmapAccount(shared.Id, shared.Address, shared.DisplayName, false, share.Rights));
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

    internal void Follow(string method, ReadOnlyMemory<byte> arguments) => following.Enqueue((method, arguments));

    internal bool TryTakeFollowing(out (string Method, ReadOnlyMemory<byte> Arguments) next) => following.TryDequeue(out next);

    internal void DropFollowing() => following.Clear();
}
