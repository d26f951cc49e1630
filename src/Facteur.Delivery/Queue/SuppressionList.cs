using System.Globalization;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Delivery.Queue;

/// <summary>An address that nothing is sent to.</summary>
/// <param name="Scope">Of the site, a domain or an account.</param>
/// <param name="Reason">Why, as a sentence of the sender's report goes on: "5.1.1 no such user (3 times)".</param>
/// <param name="By">"bounce", "complaint", or who added it.</param>
public sealed record SuppressedAddress(SettingScope Scope, string Address, string Reason, string By, DateTimeOffset Since);

/// <summary>
/// Addresses that nothing is sent to: those that were refused for good again and again, those whose owners complained, and those
/// that somebody put here. Of an account, a domain or the site; each concerns its own mail only.
/// </summary>
public sealed class SuppressionList(StateStore state, TimeProvider time)
{
    private const string Space = "suppression";
    private const string CountSpace = "suppression-count";
    private const int MaxKeys = 1_000;

    /// <summary>Refusals for good before an account no longer writes to an address. Three: one can be a fault of the other side.</summary>
    public int HardBounces { get; init; } = 3;

    /// <summary>Refusals further apart than this are not counted together.</summary>
    public TimeSpan CountedFor { get; init; } = TimeSpan.FromDays(90);

    public async ValueTask AddAsync(SettingScope scope, string address, string reason, string by, CancellationToken cancel)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(new Entry(reason, by));
        await state.SetAsync(Space, [new StateEntry(Key(scope, address), time.GetUtcNow().ToUnixTimeSeconds(), 0, value)], cancel);
    }

    /// <summary>False: it was not on the list.</summary>
    public async ValueTask<bool> RemoveAsync(SettingScope scope, string address, CancellationToken cancel)
    {
        await state.RemoveAsync(CountSpace, Key(scope, address), cancel);
        return await state.RemoveAsync(Space, Key(scope, address), cancel);
    }

    /// <summary>The list of one scope by address, from <paramref name="after"/> on.</summary>
    public async ValueTask<IReadOnlyList<SuppressedAddress>> ListAsync(SettingScope scope, string? after, int max, CancellationToken cancel)
    {
        var entries = await state.ListAsync(Space, Prefix(scope), after is null ? null : Key(scope, after), max, cancel);
        return [.. entries.Select(entry => Read(scope, entry))];
    }

    /// <summary>The lists of all scopes together.</summary>
    public async ValueTask<IReadOnlyList<SuppressedAddress>> ListAllAsync(int max, CancellationToken cancel) =>
        [.. (await state.ListAsync(Space, "", null, max, cancel)).Select(entry => Read(ScopeOf(entry.Key), entry))];

    /// <summary>Which of these addresses nothing is sent to, by address in lower case; the narrowest scope tells the reason.</summary>
    public async ValueTask<IReadOnlyDictionary<string, SuppressedAddress>> FindAsync(
        AccountId? account, DomainId? domain, IReadOnlyCollection<string> addresses, CancellationToken cancel)
    {
        var found = new Dictionary<string, SuppressedAddress>(StringComparer.Ordinal);
        foreach (var scope in Scopes(account, domain))
        {
            if (addresses.Count > 1 && (await state.ListAsync(Space, Prefix(scope), null, 1, cancel)).Count == 0) continue;
            foreach (var keys in addresses.Select(address => Key(scope, address)).Distinct().Chunk(MaxKeys))
                foreach (var entry in (await state.GetManyAsync(Space, keys, cancel)).Values)
                {
                    var suppressed = Read(scope, entry);
                    found.TryAdd(suppressed.Address, suppressed);
                }
        }
        return found;
    }

    /// <summary>A host said for good that there is no such mailbox (RFC 3463 §3.2: X.1.1). After some of these the address is put on the account's list.</summary>
    public async ValueTask NoteHardBounceAsync(AccountId account, string address, string answer, CancellationToken cancel)
    {
        var scope = SettingScope.Of(account);
        var key = Key(scope, address);
        await state.AddAsync(CountSpace, [new StateChange(key, 1, 0, null, time.GetUtcNow() + CountedFor)], cancel);
        if (await state.GetAsync(CountSpace, key, cancel) is not { } counted || counted.First < HardBounces) return;
        await AddAsync(scope, address, string.Create(CultureInfo.InvariantCulture, $"refused {counted.First} times, last with: {answer}"), "bounce", cancel);
    }

    /// <summary>The owner of the address called mail of the account unwanted (a feedback report).</summary>
    public ValueTask NoteComplaintAsync(AccountId account, string address, CancellationToken cancel) =>
        AddAsync(SettingScope.Of(account), address, "its owner called a message of yours unwanted", "complaint", cancel);

    private static IEnumerable<SettingScope> Scopes(AccountId? account, DomainId? domain)
    {
        if (account is { } a) yield return SettingScope.Of(a);
        if (domain is { } d) yield return SettingScope.Of(d);
        yield return SettingScope.Site;
    }

    private static string Prefix(SettingScope scope) => string.Create(CultureInfo.InvariantCulture, $"{scope.Kind}{scope.Id}|");

    private static SettingScope ScopeOf(string key) =>
        new(key[0], long.Parse(key.AsSpan(1, key.IndexOf('|', StringComparison.Ordinal) - 1), NumberStyles.None, CultureInfo.InvariantCulture));

    private static string Key(SettingScope scope, string address) => Prefix(scope) + address.ToLowerInvariant();

    private static SuppressedAddress Read(SettingScope scope, StateEntry entry)
    {
        var said = entry.Value is null ? null : JsonSerializer.Deserialize<Entry>(entry.Value);
        return new SuppressedAddress(scope, entry.Key[(entry.Key.IndexOf('|', StringComparison.Ordinal) + 1)..],
            said?.Reason ?? "", said?.By ?? "", DateTimeOffset.FromUnixTimeSeconds(entry.First));
    }

    private sealed record Entry(string Reason, string By);
}
