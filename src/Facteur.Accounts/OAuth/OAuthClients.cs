using System.Security.Cryptography;
using System.Text.Json;
using Facteur.Accounts.Sessions;
using Facteur.Storage;

namespace Facteur.Accounts.OAuth;

/// <summary>What a program says of itself when it registers (RFC 7591 §2).</summary>
public sealed record ClientRegistration(string? Name, IReadOnlyList<string> RedirectUris, string? Uri = null);

/// <summary>
/// Programs that may ask for tokens: those the administrator named, in the setting "oauth" of the site, and those that registered themselves,
/// in learnt state, bounded in number and forgotten when nobody uses them.
/// </summary>
public sealed class OAuthClients(MailStore store, TimeProvider time)
{
    /// <summary>Programs that registered themselves.</summary>
    public const int MaxDynamic = 2_000;

    /// <summary>Name of the setting.</summary>
    public const string Setting = "oauth";
    private const string Space = "oauth-client", OurPrefix = "fc_", DynamicPrefix = "dyn_";
    private const int MaxName = 100, MaxUris = 10, MaxNamed = 500, MaxAccessMinutes = 24 * 60, MaxRefreshDays = 366;

    /// <summary>A program nobody gave anything to is forgotten after this; one that is used, much later.</summary>
    private static readonly TimeSpan unusedFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan usedFor = TimeSpan.FromDays(180);

    // Of the process: pages and command line have an object each over the same setting.
    private static readonly SemaphoreSlim changing = new(1);

    public async ValueTask<OAuthSetting> SettingAsync(CancellationToken cancel)
    {
        var read = await store.Settings.ReadAsync(SettingScope.Site, Setting, OAuthJson.Default.OAuthSetting, cancel) ?? new OAuthSetting();
        return read with { AccessMinutes = Math.Clamp(read.AccessMinutes, 1, MaxAccessMinutes), RefreshDays = Math.Clamp(read.RefreshDays, 1, MaxRefreshDays) };
    }

    public async ValueTask<OAuthClient?> FindAsync(string id, CancellationToken cancel)
    {
        if (id.Length is 0 or > OpaqueToken.MaxLength) return null;
        if (!id.StartsWith(DynamicPrefix, StringComparison.Ordinal)) return (await SettingAsync(cancel)).Clients?.FirstOrDefault(one => one.Id == id);
        return await store.State.GetAsync(Space, id, cancel) is { Value: { } json } ? JsonSerializer.Deserialize(json, OAuthJson.Default.OAuthClient) : null;
    }

    /// <summary>What is wrong with a setting, in one sentence; null when nothing is.</summary>
    public static string? Fault(OAuthSetting setting)
    {
        if (setting.AccessMinutes is < 1 or > MaxAccessMinutes) return $"\"accessMinutes\" is 1 to {MaxAccessMinutes}.";
        if (setting.RefreshDays is < 1 or > MaxRefreshDays) return $"\"refreshDays\" is 1 to {MaxRefreshDays}.";
        foreach (var client in setting.Clients ?? [])
        {
            if (client.Id is not { Length: > 0 } || client.Name is not { Length: > 0 } || client.RedirectUris is null) return "A client has \"id\", \"name\" and \"redirectUris\".";
            foreach (var uri in client.RedirectUris)
                if (RedirectUris.Complaint(uri) is { } complaint) return $"{uri}: {complaint}.";
        }
        return null;
    }

    /// <summary>Those named by the administrator, then those that registered themselves.</summary>
    public async ValueTask<IReadOnlyList<OAuthClient>> ListAsync(CancellationToken cancel)
    {
        var registered = await store.State.ListAsync(Space, DynamicPrefix, null, MaxDynamic, cancel);
        return [.. (await SettingAsync(cancel)).Clients ?? [], .. registered.Select(one => JsonSerializer.Deserialize(one.Value!, OAuthJson.Default.OAuthClient)!)];
    }

    /// <summary>Adds one in the administrator's name.</summary>
    /// <param name="isConfidential">It can keep a secret (a web server); the secret is answered, this once.</param>
    public async ValueTask<(OAuthClient Client, string? Secret)> AddAsync(string name, IReadOnlyList<string> redirectUris, bool isConfidential, CancellationToken cancel)
    {
        try
        {
            Require(new ClientRegistration(name, redirectUris));
        }
        catch (OAuthException e)
        {
            throw new AccountRuleException($"That cannot be: {e.Message}.");
        }
        var secret = isConfidential ? OpaqueToken.New() : null;
        var client = new OAuthClient(NewId(OurPrefix), name.Trim(), redirectUris, secret is null ? null : OpaqueToken.Hash(secret), time.GetUtcNow());
        using var alone = await OneAtATimeAsync(cancel);
        var setting = await SettingAsync(cancel);
        if ((setting.Clients?.Count ?? 0) >= MaxNamed) throw new AccountRuleException($"There are {MaxNamed} clients; remove one first.");
        await WriteAsync(setting with { Clients = [.. setting.Clients ?? [], client] }, cancel);
        return (client, secret);
    }

    /// <summary>Registers a program at its own word, as a public client (RFC 7591 §3).</summary>
    public async ValueTask<OAuthClient> RegisterAsync(ClientRegistration registration, CancellationToken cancel)
    {
        if (!(await SettingAsync(cancel)).Registration) throw new OAuthException("access_denied", "programs cannot register themselves here; ask the administrator");
        Require(registration);
        using var alone = await OneAtATimeAsync(cancel);
        if ((await store.State.ListAsync(Space, DynamicPrefix, null, MaxDynamic, cancel)).Count >= MaxDynamic)
            throw new OAuthException("temporarily_unavailable", "too many programs are registered; try again in some days");
        var client = new OAuthClient(NewId(DynamicPrefix), registration.Name is { Length: > 0 } name ? name.Trim() : "?", registration.RedirectUris, null, time.GetUtcNow())
        {
            IsDynamic = true,
            Uri = registration.Uri,
        };
        await KeepAsync(client, unusedFor, cancel);
        return client;
    }

    /// <summary>A program was given something: it stays known for longer.</summary>
    public ValueTask NoteUsedAsync(OAuthClient client, CancellationToken cancel) => client.IsDynamic ? KeepAsync(client, usedFor, cancel) : default;

    /// <summary>False when there is none of that id. What it was given ends at once.</summary>
    public async ValueTask<bool> RemoveAsync(string id, CancellationToken cancel)
    {
        if (id.StartsWith(DynamicPrefix, StringComparison.Ordinal)) return await store.State.RemoveAsync(Space, id, cancel);
        using var alone = await OneAtATimeAsync(cancel);
        var setting = await SettingAsync(cancel);
        if (setting.Clients?.Any(one => one.Id == id) != true) return false;
        await WriteAsync(setting with { Clients = [.. setting.Clients.Where(one => one.Id != id)] }, cancel);
        return true;
    }

    private ValueTask WriteAsync(OAuthSetting setting, CancellationToken cancel) =>
        store.Settings.SetAsync(SettingScope.Site, Setting, JsonSerializer.SerializeToUtf8Bytes(setting, OAuthJson.Default.OAuthSetting), cancel);

    private ValueTask KeepAsync(OAuthClient client, TimeSpan keep, CancellationToken cancel) =>
        store.State.SetAsync(Space, [new StateEntry(client.Id, Value: JsonSerializer.SerializeToUtf8Bytes(client, OAuthJson.Default.OAuthClient), Expires: time.GetUtcNow() + keep)], cancel);

    private static void Require(ClientRegistration registration)
    {
        if (registration.RedirectUris.Count > MaxUris) throw new OAuthException("invalid_redirect_uri", "a client has at most 10 redirect URIs");
        foreach (var uri in registration.RedirectUris)
            if (RedirectUris.Complaint(uri) is { } complaint) throw new OAuthException("invalid_redirect_uri", complaint);
        if (registration.Name is { } name && (name.Trim().Length is 0 or > MaxName || !EmailAddress.IsPlainText(name)))
            throw new OAuthException("invalid_client_metadata", "client_name is one line of at most 100 letters");
        if (registration.Uri is { } own && (own.Length > RedirectUris.MaxLength || !System.Uri.TryCreate(own, UriKind.Absolute, out var uri1) || uri1.Scheme != "https"))
            throw new OAuthException("invalid_client_metadata", "client_uri is an https address");
    }

    // What is read, judged and written must not change between.
    private static async ValueTask<Turn> OneAtATimeAsync(CancellationToken cancel)
    {
        await changing.WaitAsync(cancel);
        return default;
    }

    private static string NewId(string prefix) => prefix + RandomNumberGenerator.GetHexString(32, lowercase: true);

    private readonly struct Turn : IDisposable
    {
        public void Dispose() => changing.Release();
    }
}
