using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Domains;

/// <summary>Where a key is in its life (stored by name: never renamed).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DkimKeyState>))]
public enum DkimKeyState
{
    /// <summary>To be published; does not sign yet, since resolvers may not know it.</summary>
    Next,
    Active,
    /// <summary>Signs no more; stays published while mail that it signed is on its way.</summary>
    Retired,
}

/// <summary>A key of a domain, as kept.</summary>
/// <param name="Since">When it came into its state.</param>
public sealed record StoredDkimKey(string Selector, DkimAlgorithm Algorithm, string PrivateKeyPem, DkimKeyState State, DateTimeOffset Since)
{
    internal DkimKey For(string domain) => new(domain, Selector, Algorithm, PrivateKeyPem);

    // A key has no place in a log.
    public override string ToString() => $"{Selector} ({State})";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<StoredDkimKey>))]
internal sealed partial class DkimKeyJson : JsonSerializerContext;

/// <summary>The DKIM keys of the domains of this server: made, published, changed for new ones, and at hand for signing.</summary>
/// <remarks>
/// A change of keys goes in two steps, so that no signature is ever seen before its key: new ones come as Next and are to be published;
/// once DNS shows them they become Active and the old ones Retired, to be taken out of DNS after <see cref="RetiredFor"/>.
/// </remarks>
public sealed partial class DkimKeyRing : IDisposable
{
    private const string Document = "dkim";

    /// <summary>How long a retired key stays in DNS: longer than mail stays in anyone's queue.</summary>
    public static readonly TimeSpan RetiredFor = TimeSpan.FromDays(10);

    private readonly SettingsStore settings;
    private readonly DirectoryStore directory;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<DkimSigningKey>>> signing = new(StringComparer.Ordinal);

    public DkimKeyRing(SettingsStore settings, DirectoryStore directory, TimeProvider time, ILogger<DkimKeyRing>? logger = null)
    {
        (this.settings, this.directory, this.time, this.logger) = (settings, directory, time, logger ?? NullLogger<DkimKeyRing>.Instance);
        settings.Changed += Forget;
    }

    /// <summary>Keys that sign for a domain of ours now; empty for other domains, and where nobody made any.</summary>
    public async ValueTask<IReadOnlyList<DkimSigningKey>> SigningAsync(string domain, CancellationToken cancel)
    {
        if (signing.TryGetValue(domain, out var known)) return await known;
        if (await directory.FindDomainAsync(domain, cancel) is not { } record) return [];
        return await signing.GetOrAdd(domain, _ => LoadAsync(record));
    }

    /// <summary>All keys of a domain, the newest first.</summary>
    public async ValueTask<IReadOnlyList<StoredDkimKey>> ListAsync(DomainRecord domain, CancellationToken cancel) =>
        await settings.GetAsync(SettingScope.Of(domain.Id), Document, cancel) is { } json
            ? JsonSerializer.Deserialize(json.Span, DkimKeyJson.Default.ListStoredDkimKey) ?? []
            : [];

    /// <summary>Makes the first keys of a domain (RSA and Ed25519), active at once: unpublished, their signatures count like none. Nothing when it has some.</summary>
    public async ValueTask EnsureAsync(DomainRecord domain, CancellationToken cancel)
    {
        if ((await ListAsync(domain, cancel)).Count == 0) await SaveAsync(domain, [.. New(domain, [], DkimKeyState.Active)], cancel);
    }

    /// <summary>
    /// Takes the next step of a change of keys. Without Next keys: makes them. With Next keys: makes them Active when
    /// <paramref name="isPublished"/> says that DNS shows each (or <paramref name="force"/>), and retires the old. Retired keys past their time go.
    /// </summary>
    /// <param name="isPublished">Given selector and record.</param>
    public async ValueTask<DkimRotation> RotateAsync(DomainRecord domain, Func<DkimKey, CancellationToken, ValueTask<bool>> isPublished, bool force, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var keys = (await ListAsync(domain, cancel)).Where(key => key.State != DkimKeyState.Retired || now - key.Since < RetiredFor).ToList();
        var next = keys.Where(key => key.State == DkimKeyState.Next).ToList();
        if (next.Count == 0)
        {
            var isFirst = !keys.Exists(key => key.State == DkimKeyState.Active);
            keys.InsertRange(0, New(domain, keys, isFirst ? DkimKeyState.Active : DkimKeyState.Next));
            await SaveAsync(domain, keys, cancel);
            return isFirst ? DkimRotation.Activated : DkimRotation.Created;
        }
        foreach (var key in next)
            if (!force && !await isPublished(key.For(domain.Name), cancel)) return DkimRotation.NotPublished;
        await SaveAsync(domain, [.. keys.Select(key => key.State switch
        {
            DkimKeyState.Next => key with { State = DkimKeyState.Active, Since = now },
            DkimKeyState.Active => key with { State = DkimKeyState.Retired, Since = now },
            _ => key,
        })], cancel);
        return DkimRotation.Activated;
    }

    /// <summary>What DNS is to show.</summary>
    public async ValueTask<IReadOnlyList<PublishedDkimKey>> PublishedAsync(DomainRecord domain, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return [.. (await ListAsync(domain, cancel))
            .Where(key => key.State != DkimKeyState.Retired || now - key.Since < RetiredFor)
            .Select(key => new PublishedDkimKey(key.Selector, DkimRecord.Text(key.For(domain.Name)), key.State == DkimKeyState.Active))];
    }

    public void Dispose()
    {
        settings.Changed -= Forget;
        signing.Clear();
    }

    private IEnumerable<StoredDkimKey> New(DomainRecord domain, IEnumerable<StoredDkimKey> others, DkimKeyState state)
    {
        var (now, used) = (time.GetUtcNow(), others.Select(key => key.Selector).ToList());
        foreach (var algorithm in new[] { DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256 })
        {
            var key = DkimKey.Generate(domain.Name, DkimKey.NextSelector(used, algorithm, now), algorithm);
            yield return new StoredDkimKey(key.Selector, algorithm, key.PrivateKeyPem, state, now);
        }
    }

    private async ValueTask SaveAsync(DomainRecord domain, List<StoredDkimKey> keys, CancellationToken cancel)
    {
        await settings.SetAsync(SettingScope.Of(domain.Id), Document, JsonSerializer.SerializeToUtf8Bytes(keys, DkimKeyJson.Default.ListStoredDkimKey), cancel);
        signing.TryRemove(domain.Name, out _);
    }

    private async Task<IReadOnlyList<DkimSigningKey>> LoadAsync(DomainRecord domain)
    {
        var ready = new List<DkimSigningKey>();
        foreach (var key in await ListAsync(domain, CancellationToken.None))
        {
            if (key.State != DkimKeyState.Active) continue;
            try
            {
                ready.Add(DkimSigningKey.Load(key.For(domain.Name)));
            }
            catch (System.Security.Cryptography.CryptographicException e)
            {
                LogUnreadable(e, domain.Name, key.Selector);
            }
        }
        return ready;
    }

    // Keys in use by a message that is being signed stay good: they are not disposed here, the collector takes them.
    private void Forget(SettingScope scope, string name)
    {
        if (name == Document) signing.Clear();
    }

    [LoggerMessage(LogLevel.Error, "The DKIM key {Selector} of {Domain} cannot be read; mail goes out without its signature", EventName = "dkim.unreadable")]
    private partial void LogUnreadable(Exception e, string domain, string selector);
}

/// <summary>What a step of a change of keys came to.</summary>
public enum DkimRotation
{
    /// <summary>New keys are there, to be published.</summary>
    Created,
    /// <summary>The new keys are not in DNS yet.</summary>
    NotPublished,
    /// <summary>The new keys sign.</summary>
    Activated,
}
