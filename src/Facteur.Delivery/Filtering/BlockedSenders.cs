using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>Whose mail an account sends to Junk: its own list of the setting "filter" (<see cref="FilterPreferences.Blocked"/>), one entry at a time.</summary>
public sealed class BlockedSenders(SettingsStore settings)
{
    /// <summary>Entries of one account.</summary>
    public const int MaxEntries = 1_000;

    private const string Property = "blocked";

    // Of the whole process, as the settings are.
    private static readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Addresses, and domains as "@example.org".</summary>
    public async ValueTask<IReadOnlyList<string>> ListAsync(AccountId account, CancellationToken cancel) => Entries(await ReadAsync(account, cancel));

    /// <summary>Adds an address or "@domain", as <see cref="TryNormalize"/> writes it. One that is there stays.</summary>
    /// <exception cref="AccountRuleException">It is neither, or there are too many.</exception>
    public async ValueTask<string> AddAsync(AccountId account, string sender, CancellationToken cancel)
    {
        if (!TryNormalize(sender, out var entry)) throw new AccountRuleException($"\"{sender}\" is neither an address nor a domain such as @example.org.");
        await ChangeAsync(account, entries =>
        {
            if (Find(entries, entry) is not null) return entries;
            if (entries.Count >= MaxEntries) throw new AccountRuleException($"An account blocks at most {MaxEntries} senders; block a whole domain, or remove some.");
            return [.. entries, entry];
        }, cancel);
        return entry;
    }

    /// <summary>False: it is not there.</summary>
    public async ValueTask<bool> RemoveAsync(AccountId account, string sender, CancellationToken cancel)
    {
        var isThere = false;
        await ChangeAsync(account, entries =>
        {
            if (Find(entries, sender) is not { } found) return entries;
            isThere = true;
            return [.. entries.Where(one => one != found)];
        }, cancel);
        return isThere;
    }

    /// <summary>An address as mail has it, or "@" and a domain in ASCII and lower case.</summary>
    public static bool TryNormalize(string sender, out string entry)
    {
        entry = "";
        var text = sender.Trim();
        if (text.StartsWith('@')) entry = DomainName.Normalize(text[1..]) is { } domain ? "@" + domain : "";
        else if (EmailAddress.TryParse(text, out var address)) entry = address.ToString();
        return entry.Length > 0;
    }

    private static string? Find(IReadOnlyList<string> entries, string sender) => entries.FirstOrDefault(one => one.Equals(sender, StringComparison.OrdinalIgnoreCase));

    private async ValueTask ChangeAsync(AccountId account, Func<IReadOnlyList<string>, IReadOnlyList<string>> change, CancellationToken cancel)
    {
        var gate = gates[(int)((ulong)account.Value % (ulong)gates.Length)];
        await gate.WaitAsync(cancel);
        try
        {
            var document = await ReadAsync(account, cancel) ?? [];
            var before = Entries(document);
            var after = change(before);
            if (ReferenceEquals(before, after)) return;
            // What else the document says stays as it is written.
            foreach (var name in document.Select(pair => pair.Key).Where(name => name.Equals(Property, StringComparison.OrdinalIgnoreCase)).ToList()) document.Remove(name);
            if (after.Count > 0) document[Property] = new JsonArray([.. after.Select(one => (JsonNode)JsonValue.Create(one))]);
            await settings.SetAsync(SettingScope.Of(account), FilterPreferences.Document, document.Count == 0 ? null : Octets(document), cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    private static ReadOnlyMemory<byte> Octets(JsonObject document)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output)) document.WriteTo(writer);
        return output.WrittenMemory;
    }

    private async ValueTask<JsonObject?> ReadAsync(AccountId account, CancellationToken cancel)
    {
        if (await settings.GetAsync(SettingScope.Of(account), FilterPreferences.Document, cancel) is not { } json) return null;
        try
        {
            return JsonNode.Parse(json.Span, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Entries(JsonObject? document)
    {
        if (document?.FirstOrDefault(pair => pair.Key.Equals(Property, StringComparison.OrdinalIgnoreCase)).Value is not JsonArray list) return [];
        return [.. list.OfType<JsonValue>().Where(one => one.GetValueKind() == JsonValueKind.String).Select(one => one.GetValue<string>())];
    }
}
