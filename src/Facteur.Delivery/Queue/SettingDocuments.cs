using System.Text.Json;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>All documents of one name, read: what belongs to a scope, and from the narrowest scope to the widest. Read anew after a change.</summary>
internal sealed partial class SettingDocuments<T>
    where T : class
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    private readonly SettingsStore settings;
    private readonly DirectoryStore directory;
    private readonly string name;
    private readonly ILogger log;
    private volatile Dictionary<SettingScope, T>? documents;
    private int changes;

    public SettingDocuments(SettingsStore settings, DirectoryStore directory, string name, ILogger log)
    {
        (this.settings, this.directory, this.name, this.log) = (settings, directory, name, log);
        settings.Changed += (_, changed) =>
        {
            if (changed != name) return;
            Interlocked.Increment(ref changes);
            documents = null;
        };
    }

    /// <summary>The document of the site, or null.</summary>
    public async ValueTask<T?> SiteAsync(CancellationToken cancel) => (await ReadAsync(cancel)).GetValueOrDefault(SettingScope.Site);

    /// <summary>Those of the account, its domain and the site that there are, the narrowest first.</summary>
    public async ValueTask<IReadOnlyList<T>> ForAsync(AccountId? account, CancellationToken cancel)
    {
        var all = await ReadAsync(cancel);
        if (all.Count == 0) return [];
        var found = new List<T>(3);
        if (account is { } owner && (all.Count > 1 || !all.ContainsKey(SettingScope.Site)))
        {
            if (all.TryGetValue(SettingScope.Of(owner), out var own)) found.Add(own);
            if (await directory.GetAccountAsync(owner, cancel) is { } record && all.TryGetValue(SettingScope.Of(record.Domain), out var ofDomain)) found.Add(ofDomain);
        }
        if (all.TryGetValue(SettingScope.Site, out var site)) found.Add(site);
        return found;
    }

    private async ValueTask<Dictionary<SettingScope, T>> ReadAsync(CancellationToken cancel)
    {
        if (documents is { } known) return known;
        var read = new Dictionary<SettingScope, T>();
        var before = Volatile.Read(ref changes);
        foreach (var (scope, text) in await settings.ListAsync(name, cancel))
        {
            try
            {
                if (JsonSerializer.Deserialize<T>(text.Span, json) is { } document) read[scope] = document;
            }
            catch (JsonException e)
            {
                LogBadDocument(name, scope, e.Message);
            }
        }
        // What changed while this read is read again by the next.
        if (Volatile.Read(ref changes) == before) documents = read;
        return read;
    }

    [LoggerMessage(LogLevel.Error, "The setting {Name} of {Scope} cannot be read and does not count: {Why}", EventName = "settings.bad")]
    private partial void LogBadDocument(string name, SettingScope scope, string why);
}
