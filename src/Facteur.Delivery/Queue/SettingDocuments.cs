using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>Documents of one name, read: what belongs to a scope, and from the narrowest scope to the widest. One that stays the same is read once.</summary>
internal sealed partial class SettingDocuments<T>(SettingsStore settings, DirectoryStore directory, string name, ILogger log)
    where T : class
{
    /// <summary>Documents remembered; past them it starts anew.</summary>
    private const int MaxRemembered = 10_000;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    private readonly ILogger log = log;
    private readonly ConcurrentDictionary<SettingScope, (byte[] Octets, T? Document)> known = new();

    /// <summary>The document of the site, or null.</summary>
    public ValueTask<T?> SiteAsync(CancellationToken cancel) => AtAsync(SettingScope.Site, cancel);

    /// <summary>Those of the account, its domain and the site that there are, the narrowest first.</summary>
    public async ValueTask<IReadOnlyList<T>> ForAsync(AccountId? account, CancellationToken cancel)
    {
        var found = new List<T>(3);
        if (account is { } owner)
        {
            if (await AtAsync(SettingScope.Of(owner), cancel) is { } own) found.Add(own);
            if (await directory.GetAccountAsync(owner, cancel) is { } record && await AtAsync(SettingScope.Of(record.Domain), cancel) is { } ofDomain) found.Add(ofDomain);
        }
        if (await AtAsync(SettingScope.Site, cancel) is { } site) found.Add(site);
        return found;
    }

    private async ValueTask<T?> AtAsync(SettingScope scope, CancellationToken cancel)
    {
        if (await settings.GetAsync(scope, name, cancel) is not { } text) return null;
        // The store hands out the same octets until they change.
        var octets = MemoryMarshal.TryGetArray(text, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : text.ToArray();
        if (known.TryGetValue(scope, out var read) && ReferenceEquals(read.Octets, octets)) return read.Document;
        var document = Read(scope, octets);
        if (known.Count >= MaxRemembered) known.Clear();
        known[scope] = (octets, document);
        return document;
    }

    private T? Read(SettingScope scope, byte[] octets)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(octets, json);
        }
        catch (JsonException e)
        {
            LogBadDocument(name, scope, e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The setting {Name} of {Scope} cannot be read and does not count: {Why}", EventName = "settings.bad")]
    private partial void LogBadDocument(string name, SettingScope scope, string why);
}
