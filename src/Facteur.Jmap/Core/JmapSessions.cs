using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Session objects (RFC 8620 §2) and their state: a hash of all that is in them.</summary>
public sealed class JmapSessions(JmapServices services, JmapCapabilitySet capabilities)
{
    /// <summary>Users whose state is remembered; past them all are worked out again.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<AccountId, Remembered> states = new();

    private sealed record Remembered(string UserName, string Origin, IReadOnlyList<JmapAccount> Accounts, string State);

    /// <summary>The state that the session has for the user of a request now.</summary>
    public async ValueTask<string> StateAsync(JmapRequest request, CancellationToken cancel)
    {
        var (user, accounts, origin) = (request.User, await request.AccountsAsync(cancel), services.Urls.Origin());
        if (states.TryGetValue(user.Account.Id, out var known) && known.UserName == user.UserName && known.Origin == origin && known.Accounts.SequenceEqual(accounts)) return known.State;
        var content = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartObject();
            WriteContent(writer, user, accounts, origin);
            writer.WriteEndObject();
        }
        var state = JmapState.OfContent(content.WrittenSpan);
        if (states.Count >= MaxRemembered) states.Clear();
        states[user.Account.Id] = new Remembered(user.UserName, origin, accounts, state);
        return state;
    }

    /// <summary>Writes the session of a user.</summary>
    /// <param name="origin">Of its URLs, as the client came; null for the server's own.</param>
    public async ValueTask WriteAsync(JmapUser user, string? origin, Utf8JsonWriter writer, CancellationToken cancel)
    {
        var request = new JmapRequest(services, user);
        var state = await StateAsync(request, cancel);
        writer.WriteStartObject();
        WriteContent(writer, user, await request.AccountsAsync(cancel), origin ?? services.Urls.Origin());
        writer.WriteString("state"u8, state);
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer, JmapUser user, IReadOnlyList<JmapAccount> accounts, string origin)
    {
        writer.WriteStartObject("capabilities"u8);
        foreach (var capability in capabilities.All)
        {
            writer.WriteStartObject(capability.Name);
            capability.Server?.Invoke(writer, services);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartObject("accounts"u8);
        foreach (var account in accounts) WriteAccount(writer, services, capabilities, user, account);
        writer.WriteEndObject();
        writer.WriteStartObject("primaryAccounts"u8);
        foreach (var capability in capabilities.All)
            if (capability.IsOfAccounts && capability.IsFor(accounts[0])) writer.WriteString(capability.Name, JmapIds.Of(accounts[0].Id));
        writer.WriteEndObject();
        writer.WriteString("username"u8, user.UserName);
        WriteUrls(writer, origin);
    }

    /// <summary>An Account object (RFC 8620 §2), as a property named by its id.</summary>
    internal static void WriteAccount(Utf8JsonWriter writer, JmapServices services, JmapCapabilitySet capabilities, JmapUser user, JmapAccount account)
    {
        writer.WriteStartObject(JmapIds.Of(account.Id));
        writer.WriteString("name"u8, account.Address);
        writer.WriteBoolean("isPersonal"u8, account.IsPersonal);
        writer.WriteBoolean("isReadOnly"u8, account.IsReadOnly);
        writer.WriteStartObject("accountCapabilities"u8);
        foreach (var capability in capabilities.OfAccounts)
        {
            if (!capability.IsFor(account)) continue;
            writer.WriteStartObject(capability.Name);
            capability.Account?.Invoke(writer, services, user, account);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteUrls(Utf8JsonWriter writer, string origin)
    {
        writer.WriteString("apiUrl"u8, origin + JmapUrls.Api);
        writer.WriteString("downloadUrl"u8, origin + JmapUrls.Download);
        writer.WriteString("uploadUrl"u8, origin + JmapUrls.Upload);
        if (services.Urls.EventSource is { } path) writer.WriteString("eventSourceUrl"u8, origin + path);
    }
}
