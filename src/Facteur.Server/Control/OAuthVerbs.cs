using Facteur.Accounts;
using Facteur.Accounts.OAuth;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over programs that use mail without its password.</summary>
internal sealed class OAuthVerbs(MailStore store, AccountService accounts, OAuthGrants grants, TimeProvider time)
{
    private readonly OAuthClients clients = new(store, time);

    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("oauth.client.add", AddAsync), ("oauth.client.list", ListAsync), ("oauth.client.rm", RemoveAsync), ("oauth.grants", GrantsAsync), ("oauth.revoke", RevokeAsync),
    ];

    private async ValueTask<ControlReply> AddAsync(ControlRequest request, CancellationToken cancel)
    {
        var (client, secret) = await clients.AddAsync(request.Require("name"), request.List("redirect"), request.Has("confidential"), cancel);
        return ControlReply.Done(View(client) with { Secret = secret });
    }

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel) => ControlReply.Done((await clients.ListAsync(cancel)).Select(View).ToList());

    private async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancel)
    {
        var id = request.Require("id");
        return await clients.RemoveAsync(id, cancel) ? ControlReply.Done(new { id }) : ControlReply.Failed($"There is no client {id}; facteur oauth client list shows them.");
    }

    private async ValueTask<ControlReply> GrantsAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        return ControlReply.Done((await grants.ListAsync(account.Id, cancel)).Select(View).ToList());
    }

    /// <summary>One grant by its name, or all of the account.</summary>
    private async ValueTask<ControlReply> RevokeAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var chosen = (await grants.ListAsync(account.Id, cancel)).Where(one => request.Find("grant") is not { } name || one.Name == name).ToList();
        if (chosen.Count == 0 && request.Has("grant")) return ControlReply.Failed($"{account.Address} has no grant {request.Find("grant")}; facteur oauth grants {account.Address} shows them.");
        foreach (var one in chosen) await grants.RevokeAsync(one.Key, cancel);
        return ControlReply.Done(chosen.Select(View).ToList());
    }

    private static OAuthClientView View(OAuthClient client) => new(client.Id, client.Name, client.RedirectUris, client.IsPublic, client.IsDynamic, client.Created);

    private static OAuthGrantView View(OAuthGrant grant) => new(grant.Name, grant.ClientName, grant.Client, OAuthScopeNames.Text(grant.Scopes), grant.Created, grant.LastUsed, grant.Remote);
}

/// <summary>A program that may ask for tokens.</summary>
internal sealed record OAuthClientView(string Id, string Name, IReadOnlyList<string> RedirectUris, bool Public, bool RegisteredItself, DateTimeOffset Created)
{
    /// <summary>Seen once, when it was added.</summary>
    public string? Secret { get; init; }
}

/// <summary>What an account gave to a program.</summary>
internal sealed record OAuthGrantView(string Grant, string Program, string Client, string Scope, DateTimeOffset Created, DateTimeOffset LastUsed, string Remote);
