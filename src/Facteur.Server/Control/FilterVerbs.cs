using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Server.Control.Settings;

namespace Facteur.Server.Control;

/// <summary>Verbs over what is done about mail that comes in: thresholds and lists of the site, of domains and accounts, checks and checkers of the site.</summary>
internal sealed class FilterVerbs(SettingFile file, ScopeReader scopes)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("filter.show", ShowAsync), ("filter.edit", EditAsync)];

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var rows = await PreferencesAsync(scope, cancel);
        if (scope == NamedScope.Site) rows.AddRange(await SiteAsync(cancel));
        return ControlReply.Done(new ValuesView(scope.View, rows));
    }

    private async ValueTask<ControlReply> EditAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var key = request.Require("key");
        await file.EditAsync(scope, KindOf(key, scope), request.Require("action"), key, request.List("values"), cancel);
        var shown = await ShowAsync(request, cancel);
        return shown;
    }

    /// <summary>Two documents share one door; "bayes" alone is the switch of an account, "bayes.…" how the site learns.</summary>
    private static SettingKind KindOf(string key, NamedScope scope)
    {
        var name = key.Split('.')[0];
        var preferences = SettingKind.Require(FilterPreferences.Document);
        var site = SettingKind.Require(FilterSettings.Document);
        var isPreference = !key.Contains('.', StringComparison.Ordinal) && Has(preferences, name);
        if (isPreference) return preferences;
        if (scope != NamedScope.Site && Has(site, name)) throw new AccountRuleException($"\"{key}\" belongs to the site; leave --account and --domain out.");
        // Of a name that neither has, the one with more of them says what was meant; the other's are few.
        if (scope == NamedScope.Site && !Has(site, name) && Facteur.Server.Configuration.Spelling.Nearest(name, Names(preferences)) is not null) return preferences;
        return scope == NamedScope.Site ? site : preferences;
    }

    private static bool Has(SettingKind kind, string name) => SettingJson.TypeOf(kind.Type).Properties.Any(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Names(SettingKind kind) => SettingJson.TypeOf(kind.Type).Properties.Select(property => property.Name.ToLowerInvariant());

    /// <summary>What holds for the scope, each with the scope that says so; lists of all of them add up.</summary>
    private async ValueTask<List<ValueRow>> PreferencesAsync(NamedScope scope, CancellationToken cancel)
    {
        var around = new List<(ScopeView View, FilterPreferences Said)>();
        foreach (var one in await scopes.AroundAsync(scope, cancel))
            if (await file.ReadAsync<FilterPreferences>(one, FilterPreferences.Document, cancel) is { } said) around.Add((one.View, said));
        var merged = around.Aggregate(new FilterPreferences(), (narrow, wide) => narrow.Over(wide.Said)).Over(FilterPreferences.Default);
        var values = JsonSerializer.SerializeToNode(merged, SettingJson.Options)!.AsObject();
        var rows = new List<ValueRow>();
        foreach (var property in SettingJson.TypeOf(typeof(FilterPreferences)).Properties)
        {
            var from = around.Where(one => property.Get!(one.Said) is not null).Select(one => one.View.ToString()).ToList();
            var isList = SettingJson.TypeOf(property.PropertyType).Kind == JsonTypeInfoKind.Enumerable;
            rows.Add(new ValueRow(property.Name, values[property.Name]?.DeepClone(), from.Count == 0 ? "default" : isList ? string.Join(", ", from) : from[0]));
        }
        return rows;
    }

    private async ValueTask<IEnumerable<ValueRow>> SiteAsync(CancellationToken cancel)
    {
        var stored = await file.ReadAsync(NamedScope.Site, FilterSettings.Document, cancel);
        var values = JsonSerializer.SerializeToNode(await file.ReadAsync<FilterSettings>(NamedScope.Site, FilterSettings.Document, cancel) ?? FilterSettings.Default, SettingJson.Options);
        return Leaves(DocumentSecrets.Hide(values)!.AsObject(), SettingJson.TypeOf(typeof(FilterSettings)), stored as JsonObject, "");
    }

    private static IEnumerable<ValueRow> Leaves(JsonObject values, JsonTypeInfo type, JsonObject? stored, string path)
    {
        foreach (var property in type.Properties.Where(one => one.Set is not null))
        {
            var key = DocumentShape.Join(path, property.Name);
            var said = stored?.FirstOrDefault(pair => pair.Key.Equals(property.Name, StringComparison.OrdinalIgnoreCase)).Value;
            if (values[property.Name] is JsonObject inner && SettingJson.TypeOf(property.PropertyType).Kind == JsonTypeInfoKind.Object)
                foreach (var leaf in Leaves(inner, SettingJson.TypeOf(property.PropertyType), said as JsonObject, key)) yield return leaf;
            else yield return new ValueRow(key, values[property.Name]?.DeepClone(), said is null ? "default" : "site");
        }
    }
}

/// <summary>Values that hold for a scope, one by one.</summary>
internal sealed record ValuesView(ScopeView Scope, IReadOnlyList<ValueRow> Values);

/// <param name="From">The scope that says so, or "default".</param>
internal sealed record ValueRow(string Key, JsonNode? Value, string From);
