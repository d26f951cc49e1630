using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server.Control.Settings;

namespace Facteur.Server.Control;

/// <summary>The general door to settings: documents by name and scope, checked by the type that reads them.</summary>
internal sealed class SettingVerbs(SettingFile file, ScopeReader scopes)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("setting.list", ListAsync),
        ("setting.get", GetAsync),
        ("setting.set", SetAsync),
        ("setting.edit", EditAsync),
        ("setting.rm", RemoveAsync),
    ];

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var views = new List<SettingView>();
        foreach (var name in request.Find("name") is { } one ? [one] : SettingKind.All.Select(kind => kind.Name))
            foreach (var (scope, document) in SettingKind.IsKey(name) ? [] : await file.ListAsync(name, cancel))
                views.Add(new SettingView(name, await scopes.NameAsync(scope, cancel), DocumentSecrets.Hide(document)));
        return ControlReply.Done(views);
    }

    private async ValueTask<ControlReply> GetAsync(ControlRequest request, CancellationToken cancel)
    {
        var name = request.Require("name");
        if (SettingKind.IsKey(name)) SettingKind.Require(name);
        var scope = await scopes.ReadAsync(request, cancel);
        return await file.ReadAsync(scope, name, cancel) is { } document
            ? ControlReply.Done(new SettingView(name, scope.View, DocumentSecrets.Hide(document)))
            : ControlReply.Failed($"The setting \"{name}\" of the {scope.View} is not set.");
    }

    private async ValueTask<ControlReply> SetAsync(ControlRequest request, CancellationToken cancel)
    {
        var kind = SettingKind.Require(request.Require("name"));
        var scope = await scopes.ReadAsync(request, cancel);
        await file.WriteAsync(scope, kind, SettingJson.Parse(request.Require("json")), cancel);
        return await ShowAsync(scope, kind.Name, cancel);
    }

    private async ValueTask<ControlReply> EditAsync(ControlRequest request, CancellationToken cancel)
    {
        var kind = SettingKind.Require(request.Require("name"));
        var scope = await scopes.ReadAsync(request, cancel);
        if (SettingJson.TypeOf(kind.Type).Kind != System.Text.Json.Serialization.Metadata.JsonTypeInfoKind.Object) throw new AccountRuleException($"The setting \"{kind.Name}\" is a single value; write it as JSON on standard input.");
        await file.EditAsync(scope, kind, request.Require("action"), request.Require("key"), request.List("values"), cancel);
        return await ShowAsync(scope, kind.Name, cancel);
    }

    private async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancel)
    {
        var name = request.Require("name");
        if (SettingKind.IsKey(name)) SettingKind.Require(name);
        var scope = await scopes.ReadAsync(request, cancel);
        if (await file.ReadAsync(scope, name, cancel) is null) return ControlReply.Failed($"The setting \"{name}\" of the {scope.View} is not set.");
        await file.RemoveAsync(scope, name, cancel);
        return ControlReply.Done(new SettingView(name, scope.View, null));
    }

    private async ValueTask<ControlReply> ShowAsync(NamedScope scope, string name, CancellationToken cancel) =>
        ControlReply.Done(new SettingView(name, scope.View, DocumentSecrets.Hide(await file.ReadAsync(scope, name, cancel))));
}

/// <summary>A setting without its secrets.</summary>
/// <param name="Value">Null: it is not set (any more).</param>
internal sealed record SettingView(string Name, ScopeView Scope, JsonNode? Value);
