using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts.Ldap;

/// <summary>A change that a directory leads to.</summary>
public enum LdapChangeKind { AddAccount, SetName, Enable, Disable, AddAddress, RemoveAddress, AddGroup, AddMember, RemoveMember }

/// <param name="Account">Address of the account; "" for groups.</param>
/// <param name="Value">Name, address or group.</param>
/// <param name="Problem">Why it could not be done; null when it was, or would be.</param>
public sealed record LdapChange(LdapChangeKind Kind, string Account, string Value, string? Problem = null);

/// <summary>What came of a synchronisation.</summary>
/// <param name="Users">Users of the domain that the directory has.</param>
/// <param name="PassedOver">Entries and addresses that could not be taken, with the reason.</param>
public sealed record LdapSyncReport(int Users, IReadOnlyList<LdapChange> Changes, IReadOnlyList<string> PassedOver);

/// <summary>
/// Brings accounts of a domain to what its directory says. Accounts are never removed: one that the directory has no more is switched
/// off, and on again when it comes back. Only what the directory brought is ever taken away (<see cref="LdapBinding"/>).
/// </summary>
internal sealed class LdapSync(MailStore store, AccountService service, DomainRecord domain, bool isTrial)
{
    private readonly DirectoryStore directory = store.Directory;
    private readonly List<LdapChange> changes = [];
    private readonly List<string> passedOver = [];
    private Dictionary<string, GroupRecord?>? groups; // null: would be made, in a trial

    /// <summary>The account's address, and the others, of an entry.</summary>
    internal sealed record Wanted(LdapUser User, EmailAddress Address, IReadOnlyList<EmailAddress> Others);

    public LdapSyncReport Report(int users) => new(users, changes, passedOver);

    /// <summary>Null when the entry has no address of the domain.</summary>
    public static Wanted? Of(DomainRecord domain, LdapUser user)
    {
        var mail = user.Mail.Select(Address).OfType<EmailAddress>().ToList();
        var own = mail.FindIndex(address => address.Domain == domain.Name);
        if (own < 0) return null;
        return new Wanted(user, mail[own], [.. mail.Concat(user.Aliases.Select(Address).OfType<EmailAddress>()).Distinct().Where(address => address != mail[own])]);
    }

    /// <summary>One user: account, name, addresses, groups.</summary>
    public async ValueTask ApplyAsync(Wanted wanted, CancellationToken cancel)
    {
        var address = wanted.Address.ToString();
        var account = await directory.FindAccountAsync(address, cancel);
        if (account is null && await IsTakenAsync(address, cancel))
        {
            passedOver.Add($"{wanted.User.Dn}: {address} is an address of another account, or an alias");
            return;
        }
        if (account is null)
        {
            if (!await DoAsync(LdapChangeKind.AddAccount, address, wanted.User.Name, () => AddAsync(address, wanted.User.Name, cancel))) return;
            account = await directory.FindAccountAsync(address, cancel); // null in a trial
        }
        if (account is { Kind: not AccountKind.Personal })
        {
            passedOver.Add($"{wanted.User.Dn}: {address} is no account of a person");
            return;
        }
        var former = account is null ? null : await BindingAsync(account.Id, cancel);
        if (account is not null) await UpdateAsync(account, wanted, former, cancel);
        var addresses = await AddressesAsync(account, wanted, former, cancel);
        var brought = await GroupsAsync(account, address, wanted, former, cancel);
        var binding = new LdapBinding(wanted.User.Dn, addresses.Count > 0 ? addresses : null, brought.Count > 0 ? brought : null);
        if (account is not null && !isTrial && !binding.Same(former)) await WriteAsync(account.Id, binding, cancel);
    }

    /// <summary>Switches accounts off that the directory brought and has no more.</summary>
    public async ValueTask DisableAsync(IReadOnlyList<AccountRecord> gone, CancellationToken cancel)
    {
        foreach (var account in gone)
        {
            var binding = await BindingAsync(account.Id, cancel);
            if (binding is null || !account.Enabled) continue;
            await DoAsync(LdapChangeKind.Disable, account.Address, "", async () =>
            {
                await WriteAsync(account.Id, binding with { IsDisabled = true }, cancel);
                await service.SetEnabledAsync(account.Address, enabled: false, cancel);
            });
        }
    }

    private async ValueTask UpdateAsync(AccountRecord account, Wanted wanted, LdapBinding? former, CancellationToken cancel)
    {
        var name = wanted.User.Name.Trim();
        if (name.Length > 0 && name != account.DisplayName)
            await DoAsync(LdapChangeKind.SetName, account.Address, name, async () => await directory.UpdateAccountAsync(account with { DisplayName = name }, cancel));
        if (former is { IsDisabled: true } && !account.Enabled)
            await DoAsync(LdapChangeKind.Enable, account.Address, "", async () => await service.SetEnabledAsync(account.Address, enabled: true, cancel));
    }

    /// <summary>Answers those that come from the directory.</summary>
    private async ValueTask<List<string>> AddressesAsync(AccountRecord? account, Wanted wanted, LdapBinding? former, CancellationToken cancel)
    {
        var there = account is null ? [] : (await directory.ListAddressesAsync(account.Id, cancel)).Select(one => one.Address).ToHashSet(StringComparer.Ordinal);
        var brought = new List<string>();
        foreach (var other in wanted.Others)
        {
            var text = other.ToString();
            if (there.Contains(text))
            {
                if (former?.Addresses?.Contains(text) == true) brought.Add(text); // else somebody here gave it
                continue;
            }
            if (await directory.FindDomainAsync(other.Domain, cancel) is null) continue; // elsewhere: none of ours to give
            if (await IsTakenAsync(text, cancel)) passedOver.Add($"{wanted.User.Dn}: {text} is an address of another account, or an alias");
            else if (await DoAsync(LdapChangeKind.AddAddress, wanted.Address.ToString(), text, async () => await service.AddAddressAsync(account!.Address, text, "", cancel))) brought.Add(text);
        }
        foreach (var text in (former?.Addresses ?? []).Where(text => there.Contains(text) && !brought.Contains(text)))
            await DoAsync(LdapChangeKind.RemoveAddress, wanted.Address.ToString(), text, () => service.RemoveAddressAsync(text, cancel));
        return brought;
    }

    /// <summary>Answers those that come from the directory.</summary>
    private async ValueTask<List<string>> GroupsAsync(AccountRecord? account, string address, Wanted wanted, LdapBinding? former, CancellationToken cancel)
    {
        var known = groups ??= (await directory.ListGroupsAsync(domain.Id, cancel)).ToDictionary(group => group.Name, group => (GroupRecord?)group, StringComparer.OrdinalIgnoreCase);
        var there = account is null ? [] : (await directory.ListGroupsOfAsync(account.Id, cancel)).Select(group => group.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var brought = new List<string>();
        foreach (var name in wanted.User.Groups.Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (there.Contains(name))
            {
                if (former?.Groups?.Contains(name, StringComparer.OrdinalIgnoreCase) == true) brought.Add(name);
                continue;
            }
            if (!known.ContainsKey(name) && await DoAsync(LdapChangeKind.AddGroup, "", name, async () => known[name] = await service.AddGroupAsync($"{domain.Name}/{name}", cancel)))
                known.TryAdd(name, null);
            if (!known.TryGetValue(name, out var group)) continue; // it could not be made
            if (await DoAsync(LdapChangeKind.AddMember, address, name, () => directory.SetMemberAsync(group!.Id, account!.Id, isMember: true, cancel))) brought.Add(name);
        }
        foreach (var name in (former?.Groups ?? []).Where(name => there.Contains(name) && !brought.Contains(name, StringComparer.OrdinalIgnoreCase)))
            if (known.TryGetValue(name, out var group) && group is not null)
                await DoAsync(LdapChangeKind.RemoveMember, address, name, () => directory.SetMemberAsync(group.Id, account!.Id, isMember: false, cancel));
        return brought;
    }

    /// <summary>Without a password: it is the directory's.</summary>
    private async ValueTask AddAsync(string address, string name, CancellationToken cancel) =>
        await service.AddAccountAsync(new AccountDraft(address) { DisplayName = name, WithoutPassword = true }, cancel);

    private async ValueTask<bool> IsTakenAsync(string address, CancellationToken cancel) =>
        await directory.FindByAddressAsync(address, cancel) is not null || await directory.FindAliasAsync(address, cancel) is not null;

    /// <summary>Notes a change and makes it; true when it was made, or would be.</summary>
    private async ValueTask<bool> DoAsync(LdapChangeKind kind, string account, string value, Func<ValueTask> make)
    {
        string? problem = null;
        try
        {
            if (!isTrial) await make();
        }
        catch (Exception e) when (e is AccountRuleException or StoreRefusedException)
        {
            problem = e.Message;
        }
        changes.Add(new LdapChange(kind, account, value, problem));
        return problem is null;
    }

    public static ValueTask<LdapBinding?> BindingAsync(SettingsStore settings, AccountId account, CancellationToken cancel) =>
        settings.ReadAsync(SettingScope.Of(account), LdapBinding.Document, LdapJson.Default.LdapBinding, cancel);

    private ValueTask<LdapBinding?> BindingAsync(AccountId account, CancellationToken cancel) => BindingAsync(store.Settings, account, cancel);

    private ValueTask WriteAsync(AccountId account, LdapBinding binding, CancellationToken cancel) =>
        store.Settings.SetAsync(SettingScope.Of(account), LdapBinding.Document, JsonSerializer.SerializeToUtf8Bytes(binding, LdapJson.Default.LdapBinding), cancel);

    private static EmailAddress? Address(string text)
    {
        if (text.StartsWith("smtp:", StringComparison.OrdinalIgnoreCase)) text = text[5..];
        return EmailAddress.TryParse(text.Trim(), out var address) ? address : null;
    }
}
