using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts.Policy;

/// <summary>
/// Who may use what, from where and how: rules of the site, narrowed by domains, groups and accounts, and the choices of the owner.
/// </summary>
/// <remarks>
/// Invariants: a narrower scope that says something wins over a wider one; of several groups the strictest; a policy that is there and
/// cannot be read lets nobody in. What <see cref="CheckAsync"/> needs is remembered by account until something of it changes;
/// what is shown to people is read anew.
/// </remarks>
public sealed class PolicyService : IDisposable
{
    /// <summary>Accounts remembered, some 2 KiB each where they have rules of their own; past them all are worked out again.</summary>
    private const int MaxRemembered = 50_000;


    private readonly DirectoryStore directory;
    private readonly SettingsStore settings;
    private readonly AccountSettings choices;
    private readonly ConcurrentDictionary<AccountId, Entry> remembered = new();
    private long version;

    public PolicyService(DirectoryStore directory, SettingsStore settings)
    {
        (this.directory, this.settings) = (directory, settings);
        choices = new AccountSettings(settings);
        settings.Changed += OnSettingChanged;
        directory.MembershipChanged += Forget;
        directory.CredentialRemoved += OnCredentialRemoved;
    }

    /// <summary>What is held against logins of an account.</summary>
    private sealed record Entry(DomainId Domain, EffectivePolicy Policy, bool PopIsOff, bool ImapIsOff)
    {
        private volatile IReadOnlySet<string>? certificates;

        /// <summary>Hashes of the certificates bound to the account; null before they were asked for.</summary>
        public IReadOnlySet<string>? Certificates { get => certificates; set => certificates = value; }
    }

    /// <summary>Something that logins of a scope depend on has changed; raised when <see cref="CheckAsync"/> goes by it.</summary>
    public event Action<SettingScope>? Changed;

    /// <summary>Why an account may not be used by this client with this credential; null when it may. The credential was found right before.</summary>
    /// <exception cref="InvalidDataException">A policy cannot be read.</exception>
    public ValueTask<AccessRefusal?> CheckAsync(AccountRecord account, LoginClient client, UsedCredential credential, CancellationToken cancel) =>
        HoldAsync(account, account, client, credential, cancel);

    /// <summary>As <see cref="CheckAsync"/>, of the rules of a shared account for a member of it, whose certificates count. Those of the member itself are another question.</summary>
    public ValueTask<AccessRefusal?> CheckSharedAsync(AccountRecord shared, AccountRecord member, LoginClient client, UsedCredential credential, CancellationToken cancel) =>
        HoldAsync(shared, member, client, credential, cancel);

    /// <summary>What a login would be told, by the rules as they are stored now.</summary>
    /// <param name="hasCertificate">The connection brings a certificate of the account.</param>
    public async ValueTask<AccessRefusal?> ForecastAsync(
        AccountRecord account, MailProtocol protocol, IPAddress remote, bool isEncrypted, bool hasCertificate, CredentialKind credential, CancellationToken cancel) =>
        Judge(await ReadAsync(account, cancel), protocol, remote, isEncrypted, hasCertificate || credential == CredentialKind.Certificate, credential);

    /// <summary>Whether whoever logs in by the main password has to bring a second factor; for the webmail, which asks for one.</summary>
    public async ValueTask<bool> RequiresSecondFactorAsync(AccountRecord account, MailProtocol protocol, CancellationToken cancel) =>
        (await RecallAsync(account, cancel)).Policy[protocol].SecondFactor.Value;

    /// <summary>The grid as it holds for an account, each value with its origin; as stored now.</summary>
    public async ValueTask<EffectivePolicy> EffectiveAsync(AccountRecord account, CancellationToken cancel)
    {
        var levels = await WiderAsync(account.Domain, cancel);
        var groups = new List<PolicyLayer>();
        foreach (var group in await directory.ListGroupsOfAsync(account.Id, cancel))
            if (await LayerAsync(SettingScope.Of(group.Id), PolicyLevel.Group, group.Name, cancel) is { } layer) groups.Add(layer);
        levels.Add(groups);
        levels.Add(await LayersAsync(SettingScope.Of(account.Id), PolicyLevel.Account, account.Address, cancel));
        return PolicyMerge.Of(levels);
    }

    /// <summary>What holds for accounts of a domain (null: of the server) that have nothing narrower.</summary>
    /// <param name="group">And are in this group.</param>
    public async ValueTask<EffectivePolicy> EffectiveAsync(DomainId? domain, GroupRecord? group, CancellationToken cancel)
    {
        var levels = await WiderAsync(domain, cancel);
        if (group is not null) levels.Add(await LayersAsync(SettingScope.Of(group.Id), PolicyLevel.Group, group.Name, cancel));
        return PolicyMerge.Of(levels);
    }

    public void Dispose()
    {
        settings.Changed -= OnSettingChanged;
        directory.MembershipChanged -= Forget;
        directory.CredentialRemoved -= OnCredentialRemoved;
    }

    private async ValueTask<AccessRefusal?> HoldAsync(AccountRecord account, AccountRecord holder, LoginClient client, UsedCredential credential, CancellationToken cancel)
    {
        var known = await RecallAsync(account, cancel);
        var rules = known.Policy[client.Protocol];
        var isBound = credential.Kind == CredentialKind.Certificate
            || (rules.Certificate.Value || rules.SecondFactor.Value) && await IsBoundAsync(holder, client.CertificateHash, cancel);
        return Judge(known, client.Protocol, client.Remote, client.IsEncrypted, isBound, credential.Kind);
    }

    private static AccessRefusal? Judge(Entry known, MailProtocol protocol, IPAddress remote, bool isEncrypted, bool isBound, CredentialKind credential)
    {
        var rules = known.Policy[protocol];
        if (rules.On.Value && protocol == MailProtocol.Pop3 && known.PopIsOff) return new AccessRefusal(AccessCode.PopSwitchedOff);
        if (rules.On.Value && protocol == MailProtocol.Imap && known.ImapIsOff) return new AccessRefusal(AccessCode.ImapSwitchedOff);
        return PolicyVerdict.Of(rules, protocol, remote, isEncrypted, isBound, credential);
    }

    private async ValueTask<Entry> RecallAsync(AccountRecord account, CancellationToken cancel)
    {
        if (remembered.TryGetValue(account.Id, out var known) && known.Domain == account.Domain) return known;
        var before = Volatile.Read(ref version);
        var made = await ReadAsync(account, cancel);
        if (remembered.Count >= MaxRemembered) remembered.Clear();
        remembered[account.Id] = made;
        // Something changed while it was read: good for this login, which came at the same time, and for no other.
        if (Volatile.Read(ref version) != before) remembered.TryRemove(KeyValuePair.Create(account.Id, made));
        return made;
    }

    private async ValueTask<Entry> ReadAsync(AccountRecord account, CancellationToken cancel) => new(
        account.Domain,
        await EffectiveAsync(account, cancel),
        (await choices.PopAsync(account, cancel)).Scope == PopScope.Off,
        (await choices.ImapAsync(account.Id, cancel)).IsOff);

    private async ValueTask<List<IReadOnlyList<PolicyLayer>>> WiderAsync(DomainId? domain, CancellationToken cancel)
    {
        var levels = new List<IReadOnlyList<PolicyLayer>> { await LayersAsync(SettingScope.Site, PolicyLevel.Site, "", cancel) };
        if (domain is not { } id || await LayerAsync(SettingScope.Of(id), PolicyLevel.Domain, "", cancel) is not { } layer) return levels;
        var name = (await directory.ListDomainsAsync(cancel)).FirstOrDefault(one => one.Id == id)?.Name ?? "";
        levels.Add([layer with { Origin = layer.Origin with { Name = DomainName.ToDisplay(name) } }]);
        return levels;
    }

    private async ValueTask<IReadOnlyList<PolicyLayer>> LayersAsync(SettingScope scope, PolicyLevel level, string name, CancellationToken cancel) =>
        await LayerAsync(scope, level, name, cancel) is { } layer ? [layer] : [];

    private async ValueTask<PolicyLayer?> LayerAsync(SettingScope scope, PolicyLevel level, string name, CancellationToken cancel)
    {
        if (await settings.GetAsync(scope, PolicyDocument.Setting, cancel) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize(json.Span, MailSettingsJson.Default.PolicyDocument) is { } document
                ? new PolicyLayer(new PolicyOrigin(level, name, document.Name ?? ""), document) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the setting \"{PolicyDocument.Setting}\" of {scope.Kind}{scope.Id} cannot be read", e);
        }
    }

    private async ValueTask<bool> IsBoundAsync(AccountRecord account, string? hash, CancellationToken cancel)
    {
        if (hash is null) return false;
        var known = await RecallAsync(account, cancel);
        if (known.Certificates?.Contains(hash) == true) return true;
        // Nothing tells of one that was added, so what is missing is looked for again.
        var bound = new HashSet<string>(StringComparer.Ordinal);
        foreach (var credential in await directory.ListCredentialsAsync(account.Id, cancel))
            if (credential is { Kind: CredentialKinds.Certificate, Lookup: { } own }) bound.Add(own);
        known.Certificates = bound;
        return bound.Contains(hash);
    }

    private void OnSettingChanged(SettingScope scope, string name)
    {
        if (name is not (PolicyDocument.Setting or AccountSettings.Pop or AccountSettings.Imap)) return;
        if (scope.Kind == 'a') Forget(new AccountId(scope.Id));
        else
        {
            Interlocked.Increment(ref version);
            remembered.Clear();
            Changed?.Invoke(scope);
        }
    }

    private void OnCredentialRemoved(AccountId account, long credential) => Forget(account);

    private void Forget(AccountId account)
    {
        Interlocked.Increment(ref version);
        remembered.TryRemove(account, out _);
        Changed?.Invoke(SettingScope.Of(account));
    }
}
