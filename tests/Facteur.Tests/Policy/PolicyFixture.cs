using System.Net;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Policy;

/// <summary>Two accounts of demo.test, moi in the group Ventes, behind logins that are held against rules.</summary>
internal sealed class PolicyFixture : IAsyncDisposable
{
    public const string Password = "soleil-42-papier";

    /// <summary>Hash of the certificate that is bound to moi.</summary>
    public static readonly string Certificate = new('a', 64);

    private readonly TemporaryFolder folder;

    private PolicyFixture(EmbeddedStore store, TemporaryFolder folder)
    {
        (Store, this.folder) = (store, folder);
        var options = new LoginOptions { HashIterations = 1, FreeFailures = 100_000 };
        Logins = new LoginService(store, options, TimeProvider.System, NullLogger<LoginService>.Instance);
        Administration = new AccountService(store, options);
        AppPasswords = new AppPasswords(store, options, TimeProvider.System);
    }

    public EmbeddedStore Store { get; }
    public LoginService Logins { get; }
    public PolicyService Policies => Logins.Policies;
    public AccountService Administration { get; }
    public AppPasswords AppPasswords { get; }
    public AccountRecord Moi { get; private set; } = null!;
    public AccountRecord Ami { get; private set; } = null!;
    public GroupRecord Ventes { get; private set; } = null!;

    public static async Task<PolicyFixture> CreateAsync()
    {
        var folder = new TemporaryFolder();
        var store = await TestStore.OpenAsync(
            new EmbeddedStoreOptions { Folder = folder.Path, SegmentOctets = 1024 * 1024, ReserveOctets = 0 }, TimeProvider.System);
        var made = new PolicyFixture(store, folder);
        var domain = await made.Administration.AddDomainAsync("demo.test", default);
        made.Moi = (await made.Administration.AddAccountAsync("moi@demo.test", "Moi", Password, default)).Account;
        made.Ami = (await made.Administration.AddAccountAsync("ami@demo.test", "Ami", Password, default)).Account;
        made.Ventes = await store.Directory.AddGroupAsync(domain.Id, "Ventes", default);
        await store.Directory.SetMemberAsync(made.Ventes.Id, made.Moi.Id, isMember: true, default);
        await store.Directory.AddCredentialAsync(new CredentialRecord(0, made.Moi.Id, "certificate", "", default) { Lookup = Certificate }, default);
        await store.Announcer.CaughtUpAsync(); // else a first login may come before what ends it is told
        return made;
    }

    /// <summary>Who logs in now, as a session of it would be watched.</summary>
    /// <param name="credential">What it is said to have logged in by.</param>
    public async Task<Account> LoginAsync(LoginClient client, UsedCredential? credential = null)
    {
        var account = (await Logins.LoginAsync(new LoginAttempt(Moi.Address, Password, client), default)).Account!;
        return credential is null ? account : account with { Credential = credential };
    }

    /// <summary>Writes a policy and returns when logins go by it. Null removes it.</summary>
    public Task SetAsync(SettingScope scope, PolicyDocument? policy) => SetAsync(scope, PolicyDocument.Setting, policy is null ? null : JsonSerializer.Serialize(policy, JsonSerializerOptions.Web));

    /// <summary>A policy with the same rules in each row.</summary>
    public Task SetAsync(SettingScope scope, PolicyRules rules) =>
        SetAsync(scope, Enum.GetValues<MailProtocol>().Aggregate(new PolicyDocument(), (policy, protocol) => policy.With(protocol, rules)));

    /// <summary>Writes a setting that logins depend on, and returns when they go by it.</summary>
    public async Task SetAsync(SettingScope scope, string name, string? json)
    {
        var before = await Store.Settings.GetAsync(scope, name, default);
        if (before is null && json is null) return;
        await ChangeAsync(scope, () => Store.Settings.SetAsync(scope, name, json is null ? (ReadOnlyMemory<byte>?)null : System.Text.Encoding.UTF8.GetBytes(json), default));
    }

    /// <summary>Does something and returns when the rules of a scope are known to have changed by it.</summary>
    public async Task ChangeAsync(SettingScope scope, Func<ValueTask> act)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(SettingScope changed)
        {
            if (changed == scope) seen.TrySetResult();
        }
        Policies.Changed += OnChanged;
        await act();
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Policies.Changed -= OnChanged;
    }

    /// <summary>The code of a refusal, or "ok".</summary>
    public async Task<string> CodeAsync(AccountRecord account, LoginClient client, CredentialKind credential = CredentialKind.Password) =>
        (await Policies.CheckAsync(account, client, new UsedCredential(credential), default))?.Code ?? "ok";

    public static LoginClient Client(MailProtocol protocol, string remote = "192.0.2.7", bool tls = true, string? certificate = null) =>
        new(protocol, IPAddress.Parse(remote)) { IsEncrypted = tls, CertificateHash = certificate };

    public async ValueTask DisposeAsync()
    {
        Logins.Dispose();
        await Store.DisposeAsync();
        folder.Dispose();
    }
}
