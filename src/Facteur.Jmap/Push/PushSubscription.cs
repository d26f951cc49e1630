using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Storage;

namespace Facteur.Jmap.Push;

/// <summary>An address that a client wants state changes posted to (PushSubscription, RFC 8620 §7.2).</summary>
/// <param name="Person">Whose it is.</param>
/// <param name="Account">As logged in: a shared account when its member was logged in to that.</param>
/// <param name="Login">What the login rested on (<see cref="JmapUser.Login"/>): it ends with that.</param>
/// <param name="Code">What the client has to show before anything but the code is sent.</param>
/// <param name="Types">Null: all.</param>
internal sealed record PushSubscription(
    string Id, AccountId Person, AccountId Account, string Login, string DeviceClientId, Uri Url, PushKeys? Keys, string Code, bool IsVerified,
    DateTimeOffset Created, DateTimeOffset? Expires, IReadOnlyList<string>? Types);

/// <summary>The stored form; its key holds the person and the id.</summary>
internal sealed record PushSubscriptionRow(
    long Account, string Login, string DeviceClientId, string Url, byte[]? P256dh, byte[]? Auth, string Code, bool IsVerified, DateTimeOffset Created, IReadOnlyList<string>? Types);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushSubscriptionRow))]
internal sealed partial class PushJson : JsonSerializerContext;

/// <summary>Subscriptions as they are stored. With one go its address and keys, overwritten first (RFC 8620 §7.2).</summary>
internal sealed class PushSubscriptionTable(StateStore state)
{
    private const string Space = "push-subscription";
    private const int Page = 1000;

    public async ValueTask<List<PushSubscription>> ListAsync(CancellationToken cancel)
    {
        var all = new List<PushSubscription>();
        string? after = null;
        while (true)
        {
            var page = await state.ListAsync(Space, "", after, Page, cancel);
            foreach (var entry in page)
                if (Read(entry) is { } one) all.Add(one);
            if (page.Count < Page) return all;
            after = page[^1].Key;
        }
    }

    public ValueTask SaveAsync(PushSubscription one, CancellationToken cancel)
    {
        var row = new PushSubscriptionRow(
            one.Account.Value, one.Login, one.DeviceClientId, one.Url.OriginalString, one.Keys?.P256dh.ToArray(), one.Keys?.Auth.ToArray(), one.Code, one.IsVerified, one.Created, one.Types);
        return state.SetAsync(Space, [new StateEntry(KeyOf(one), 0, 0, JsonSerializer.SerializeToUtf8Bytes(row, PushJson.Default.PushSubscriptionRow), one.Expires)], cancel);
    }

    public async ValueTask RemoveAsync(PushSubscription one, CancellationToken cancel)
    {
        var key = KeyOf(one);
        if (await state.GetAsync(Space, key, cancel) is { Value: { } value }) await state.SetAsync(Space, [new StateEntry(key, 0, 0, new byte[value.Length])], cancel);
        await state.RemoveAsync(Space, key, cancel);
    }

    private static string KeyOf(PushSubscription one) => $"{JmapIds.Of(one.Person)}.{one.Id}";

    private static PushSubscription? Read(StateEntry entry)
    {
        var dot = entry.Key.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !JmapIds.TryRead(entry.Key[..dot], out AccountId person) || entry.Value is not { } json || json[0] == 0) return null;
        var row = JsonSerializer.Deserialize(json, PushJson.Default.PushSubscriptionRow)!;
        var keys = row.P256dh is null || row.Auth is null ? null : new PushKeys(row.P256dh, row.Auth);
        return new PushSubscription(
            entry.Key[(dot + 1)..], person, new AccountId(row.Account), row.Login, row.DeviceClientId, new Uri(row.Url), keys, row.Code, row.IsVerified, row.Created, entry.Expires, row.Types);
    }
}
