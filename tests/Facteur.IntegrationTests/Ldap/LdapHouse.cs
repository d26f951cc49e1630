using System.Net;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Accounts.Ldap;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.IntegrationTests.Ldap;

/// <summary>A store with the domain example.test, whose passwords a directory checks.</summary>
internal sealed class LdapHouse : IAsyncDisposable
{
    private static readonly JsonSerializerOptions camel = new(JsonSerializerDefaults.Web);

    private readonly string folder;
    private readonly EmbeddedStore store;
    private readonly StubResolver resolver;

    private LdapHouse(string folder, EmbeddedStore store, StubResolver resolver, LdapDirectory ldap, AccountService accounts, DomainRecord domain)
    {
        (this.folder, this.store, this.resolver, Ldap, Accounts, Domain) = (folder, store, resolver, ldap, accounts, domain);
    }

    public LdapDirectory Ldap { get; }
    public AccountService Accounts { get; }
    public DomainRecord Domain { get; }
    public MailStore Store => store;
    public required GuardedDialer Dialer { get; init; }

    public static async Task<LdapHouse> OpenAsync(LdapSetting? setting)
    {
        var folder = Directory.CreateTempSubdirectory("facteur-house-").FullName;
        var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 1024 * 1024, ReserveOctets = 0 }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);
        var resolver = new StubResolver(new StubResolverOptions { Servers = [new IPEndPoint(IPAddress.Loopback, 9)] }, TimeProvider.System, NullLogger<StubResolver>.Instance);
        var accounts = new AccountService(store, new LoginOptions { HashIterations = 1 }, TimeProvider.System);
        var domain = await accounts.AddDomainAsync("example.test", default);
        var dialer = new GuardedDialer(resolver, new GuardedDialerOptions(), TimeProvider.System);
        var ldap = new LdapDirectory(store, accounts, dialer, TimeProvider.System, NullLogger<LdapDirectory>.Instance);
        var house = new LdapHouse(folder, store, resolver, ldap, accounts, domain) { Dialer = dialer };
        if (setting is not null) await house.SetAsync(setting);
        return house;
    }

    public async Task SetAsync(LdapSetting setting)
    {
        Assert.Null(setting.Fault());
        await store.Settings.SetAsync(SettingScope.Of(Domain.Id), LdapSetting.Document, JsonSerializer.SerializeToUtf8Bytes(setting, camel), default);
    }

    /// <summary>As a login asks.</summary>
    public async Task<bool?> CheckAsync(string user, string password, CancellationToken cancel = default) =>
        await Ldap.CheckAsync(user, await store.Directory.FindAccountAsync(user, cancel), password, cancel);

    /// <summary>What there is, one line an account.</summary>
    public async Task<IReadOnlyList<string>> AccountsAsync()
    {
        var lines = new List<string>();
        foreach (var account in await store.Directory.ListAccountsAsync(Domain.Id, default))
        {
            var addresses = (await store.Directory.ListAddressesAsync(account.Id, default)).Select(one => one.Address).Where(one => one != account.Address).Order(StringComparer.Ordinal);
            var groups = (await store.Directory.ListGroupsOfAsync(account.Id, default)).Select(one => one.Name);
            lines.Add($"{account.Address} \"{account.DisplayName}\" [{string.Join(' ', addresses)}] [{string.Join(' ', groups)}]{(account.Enabled ? "" : " off")}");
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        await Ldap.DisposeAsync();
        await store.DisposeAsync();
        resolver.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
