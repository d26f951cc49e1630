using System.Collections.Concurrent;
using System.Text.Json;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Filtering;

/// <summary>
/// Settings as objects, read again when a document changes. A document that cannot be read counts as absent and is reported once:
/// mail goes on with the defaults.
/// </summary>
internal sealed partial class FilterSettingsReader : IDisposable
{
    // Scopes remembered; past that it starts anew. Most accounts have no document and share one object.
    private const int MaxRemembered = 100_000;

    private readonly SettingsStore settings;
    private readonly Action siteChanged;
    private readonly ILogger log;
    private readonly ConcurrentDictionary<SettingScope, FilterPreferences?> preferences = new();
    private volatile FilterSettings? site;
    private int version;

    /// <param name="siteChanged">Called when the site's document changed.</param>
    public FilterSettingsReader(SettingsStore settings, Action siteChanged, ILogger log)
    {
        (this.settings, this.siteChanged, this.log) = (settings, siteChanged, log);
        settings.Changed += Forget;
    }

    public ValueTask<FilterSettings> SiteAsync(CancellationToken cancel) => site is { } known ? new(known) : ReadSiteAsync(cancel);

    /// <summary>Site over the defaults.</summary>
    public async ValueTask<FilterPreferences> SitePreferencesAsync(CancellationToken cancel) =>
        await ReadAsync(SettingScope.Site, cancel) is { } ofSite ? ofSite.Over(FilterPreferences.Default) : FilterPreferences.Default;

    /// <summary>Account over domain over site over the defaults.</summary>
    public async ValueTask<FilterPreferences> PreferencesAsync(AccountId account, DomainId domain, CancellationToken cancel)
    {
        var merged = await SitePreferencesAsync(cancel);
        if (await ReadAsync(SettingScope.Of(domain), cancel) is { } ofDomain) merged = ofDomain.Over(merged);
        if (await ReadAsync(SettingScope.Of(account), cancel) is { } own) merged = own.Over(merged);
        return merged;
    }

    public void Dispose() => settings.Changed -= Forget;

    private async ValueTask<FilterSettings> ReadSiteAsync(CancellationToken cancel)
    {
        var before = Volatile.Read(ref version);
        var read = await DocumentAsync<FilterSettings>(SettingScope.Site, FilterSettings.Document, cancel) ?? FilterSettings.Default;
        if (Volatile.Read(ref version) == before) site = read;
        return read;
    }

    private async ValueTask<FilterPreferences?> ReadAsync(SettingScope scope, CancellationToken cancel)
    {
        if (preferences.TryGetValue(scope, out var known)) return known;
        var before = Volatile.Read(ref version);
        var read = await DocumentAsync<FilterPreferences>(scope, FilterPreferences.Document, cancel);
        if (preferences.Count >= MaxRemembered) preferences.Clear();
        preferences[scope] = read;
        // A change that came while the old text was read.
        if (Volatile.Read(ref version) != before) preferences.TryRemove(scope, out _);
        return read;
    }

    private async ValueTask<T?> DocumentAsync<T>(SettingScope scope, string name, CancellationToken cancel) where T : class
    {
        var json = await settings.GetAsync(scope, name, cancel);
        if (json is not { } octets) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(octets.Span, FilterJson.Options);
        }
        catch (JsonException e)
        {
            LogUnreadable(e, name, scope.Kind, scope.Id);
            return null;
        }
    }

    private void Forget(SettingScope scope, string name)
    {
        Interlocked.Increment(ref version);
        if (name == FilterSettings.Document)
        {
            site = null;
            siteChanged();
        }
        else if (name == FilterPreferences.Document) preferences.TryRemove(scope, out _);
    }

    [LoggerMessage(LogLevel.Error, "The settings document {Name} of {Kind}:{Id} cannot be read and counts as absent", EventName = "filter.settings.unreadable")]
    private partial void LogUnreadable(Exception e, string name, char kind, long id);
}
