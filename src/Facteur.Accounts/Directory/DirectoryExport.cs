using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Writes the whole directory, account by account: memory does not grow with their number, but with that of the aliases.</summary>
public sealed class DirectoryExport(MailStore store, SettingDocuments documents)
{
    /// <summary>The version of the tree. A file is of version 1 as long as nothing in it is newer, so that programs before this one read it.</summary>
    public const int Version = 2;

    private const int Page = 500;

    private readonly DirectoryStore directory = store.Directory;
    private readonly AnnotationExport annotations = new(store);
    private readonly ContactExport contacts = new(store);

    /// <summary>Writes the JSON tree (<see cref="TreeItem"/>). Without secrets passwords in settings are "***" and credentials left out.</summary>
    public async ValueTask WriteJsonAsync(Stream output, bool withSecrets, CancellationToken cancel)
    {
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" });
        json.WriteStartObject();
        var hasContacts = await contacts.HasAnyAsync(AllAsync(cancel), cancel);
        json.WriteNumber("version", hasContacts ? Version : 1);
        if (await SettingsAsync(SettingScope.Site, withSecrets, cancel) is { } site)
        {
            json.WritePropertyName("settings");
            JsonSerializer.Serialize(json, site, TreeJson.Default.IReadOnlyDictionaryStringJsonNode);
        }
        await ListAsync(json, "domains", DomainsAsync(withSecrets, cancel), TreeJson.Default.TreeDomain, cancel);
        await ListAsync(json, "accounts", AccountsAsync(withSecrets, cancel), TreeJson.Default.TreeAccount, cancel);
        await ListAsync(json, "shares", SharesAsync(cancel), TreeJson.Default.TreeShare, cancel);
        await ListAsync(json, "aliases", AliasesAsync(cancel), TreeJson.Default.TreeAlias, cancel);
        await ListAsync(json, "annotations", annotations.ListAsync(AllAsync(cancel), cancel), TreeJson.Default.TreeAnnotations, cancel);
        if (hasContacts) await contacts.WriteAsync(json, AllAsync(cancel), cancel);
        json.WriteEndObject();
        await json.FlushAsync(cancel);
        await output.WriteAsync("\n"u8.ToArray(), cancel);
    }

    /// <summary>Writes the accounts as a table that <see cref="AccountSheet"/> reads: no passwords, disposable addresses and settings.</summary>
    public async ValueTask WriteCsvAsync(Stream output, CancellationToken cancel)
    {
        await using var text = new StreamWriter(output, leaveOpen: true) { NewLine = "\r\n" }; // as spreadsheets write it
        await text.WriteLineAsync("address,name,kind,enabled,quota,groups,aliases");
        await foreach (var one in AccountsAsync(false, cancel))
            await text.WriteLineAsync(string.Join(',', ((string?[])
            [
                one.Address, one.Name, one.Kind, one.Enabled == false ? "no" : "yes", one.Quota,
                string.Join("; ", one.Groups ?? []), string.Join("; ", (one.Addresses ?? []).Where(address => address is { Disposable: null, Enabled: null }).Select(address => address.Address)),
            ]).Select(Csv.Quote)));
    }

    private static async ValueTask ListAsync<T>(Utf8JsonWriter json, string name, IAsyncEnumerable<T> items, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        json.WriteStartArray(name);
        await foreach (var item in items.WithCancellation(cancel))
        {
            JsonSerializer.Serialize(json, item, type);
            if (json.BytesPending > 64 * 1024) await json.FlushAsync(cancel);
        }
        json.WriteEndArray();
    }

    private async IAsyncEnumerable<TreeDomain> DomainsAsync(bool withSecrets, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var domains = await directory.ListDomainsAsync(cancel);
        foreach (var domain in domains.Where(one => one.AliasOf is null))
        {
            var groups = new List<TreeGroup>();
            foreach (var group in await directory.ListGroupsAsync(domain.Id, cancel)) groups.Add(new TreeGroup(group.Name, await SettingsAsync(SettingScope.Of(group.Id), withSecrets, cancel)));
            yield return new TreeDomain(
                domain.Name, NullIfEmpty(domains.Where(one => one.AliasOf == domain.Id).Select(one => one.Name)), NullIfEmpty(groups),
                await SettingsAsync(SettingScope.Of(domain.Id), withSecrets, cancel));
        }
    }

    private async IAsyncEnumerable<AccountRecord> AllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var after = default(AccountId); ;)
        {
            var page = await directory.PageAccountsAsync(after, Page, cancel);
            foreach (var account in page) yield return account;
            if (page.Count < Page) yield break;
            after = page[^1].Id;
        }
    }

    private async IAsyncEnumerable<TreeAccount> AccountsAsync(bool withSecrets, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var account in AllAsync(cancel))
        {
            var addresses = (await directory.ListAddressesAsync(account.Id, cancel)).Where(one => one.Address != account.Address);
            yield return new TreeAccount(
                account.Address, account.Kind.ToString().ToLowerInvariant(), account.DisplayName, account.Enabled ? null : false,
                account.QuotaOctets?.ToString(CultureInfo.InvariantCulture) ?? "none", null,
                NullIfEmpty(addresses.Select(one => new TreeAddress(one.Address, one.Label.Length == 0 ? null : one.Label, one.IsDisposable ? true : null, one.Enabled ? null : false))),
                NullIfEmpty((await directory.ListGroupsOfAsync(account.Id, cancel)).Select(group => group.Name)),
                await SettingsAsync(SettingScope.Of(account.Id), withSecrets, cancel),
                withSecrets ? NullIfEmpty((await directory.ListCredentialsAsync(account.Id, cancel)).Select(Credential)) : null);
        }
    }

    private async IAsyncEnumerable<TreeShare> SharesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var account in AllAsync(cancel))
            foreach (var share in account.Kind == AccountKind.Shared ? await directory.ListSharesAsync(account.Id, cancel) : [])
                if (await directory.GetAccountAsync(share.Member, cancel) is { } member) yield return new TreeShare(account.Address, member.Address, ShareRightsText.List(share.Rights));
    }

    private async IAsyncEnumerable<TreeAlias> AliasesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var alias in await directory.ListAliasesAsync(null, cancel))
            yield return new TreeAlias(alias.Address, alias.Targets, alias.Label.Length == 0 ? null : alias.Label, alias.Enabled ? null : false);
    }

    private async ValueTask<Dictionary<string, JsonNode?>?> SettingsAsync(SettingScope scope, bool withSecrets, CancellationToken cancel)
    {
        var shown = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, json) in await store.Settings.ListOfAsync(scope, cancel))
            if (documents.Show(name, json, withSecrets) is { } document) shown[name] = document;
        return shown.Count == 0 ? null : shown;
    }

    private static TreeCredential Credential(CredentialRecord one) => new(
        one.Kind, one.Value, one.Label.Length == 0 ? null : one.Label, one.Lookup, one.Detail.Length == 0 ? null : one.Detail);

    private static List<T>? NullIfEmpty<T>(IEnumerable<T> items)
    {
        List<T> all = [.. items];
        return all.Count == 0 ? null : all;
    }
}
