using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Queue;

namespace Facteur.Server.Control;

/// <summary>Verbs over addresses that nothing is sent to.</summary>
internal sealed class SuppressVerbs(SuppressionList list, ScopeReader scopes)
{
    private const int MaxListed = 10_000;
    private const string By = "facteur suppress";

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("suppress.add", AddAsync), ("suppress.list", ListAsync), ("suppress.rm", RemoveAsync)];

    private async ValueTask<ControlReply> AddAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var address = Address(request);
        await list.AddAsync(scope.Scope, address, request.Find("reason") ?? "the administrator keeps mail to it back", By, cancel);
        return ControlReply.Done(new SuppressionChangeView(address, scope.View));
    }

    /// <summary>One scope when it is named, else all of them.</summary>
    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var max = request.Find("max") is { } text ? Math.Clamp(int.Parse(text, CultureInfo.InvariantCulture), 1, MaxListed) : MaxListed;
        var named = request.Has("account") || request.Has("domain") ? await scopes.ReadAsync(request, cancel) : null;
        var entries = named is null ? await list.ListAllAsync(max, cancel) : await list.ListAsync(named.Scope, null, max, cancel);
        var names = new Dictionary<Storage.SettingScope, ScopeView>();
        var views = new List<SuppressionView>();
        foreach (var entry in entries)
        {
            if (!names.TryGetValue(entry.Scope, out var view)) names[entry.Scope] = view = await scopes.NameAsync(entry.Scope, cancel);
            views.Add(new SuppressionView(entry.Address, view, entry.Reason, entry.By, entry.Since));
        }
        return ControlReply.Done(views);
    }

    private async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var address = Address(request);
        return await list.RemoveAsync(scope.Scope, address, cancel)
            ? ControlReply.Done(new SuppressionChangeView(address, scope.View))
            : ControlReply.Failed($"{address} is not on the list of the {scope.View}; facteur suppress list shows where it is.");
    }

    // Of the other side: compared without case, as typed otherwise.
    private static string Address(ControlRequest request) =>
        EmailAddress.TryParse(request.Require("address"), out var parsed) ? parsed.ToString() : throw new AccountRuleException($"\"{request.Require("address")}\" is no address.");
}

/// <summary>An address that nothing is sent to.</summary>
internal sealed record SuppressionView(string Address, ScopeView Scope, string Reason, string By, DateTimeOffset Since);

internal sealed record SuppressionChangeView(string Address, ScopeView Scope);
