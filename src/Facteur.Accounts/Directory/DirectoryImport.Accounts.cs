using Facteur.Storage;

namespace Facteur.Accounts;

// Accounts with their addresses, groups, settings and credentials.
public sealed partial class DirectoryImport
{
    private async ValueTask<(bool, List<Step>)> AccountAsync(TreeAccount account, CancellationToken cancel)
    {
        var parsed = AccountService.ParseNew(account.Address);
        var address = parsed.ToString();
        Once(address);
        var record = await directory.FindAccountAsync(address, cancel);
        var steps = new List<Step>();
        if (record is null) await NewAsync(steps, account, parsed, cancel);
        else await ChangeAsync(steps, account, record, cancel);
        foreach (var one in account.Addresses ?? []) await AddressAsync(steps, address, record, one, cancel);
        await SettingsAsync(steps, 'a', record is null ? null : SettingScope.Of(record.Id), async stop => SettingScope.Of((await directory.FindAccountAsync(address, stop))!.Id), account.Settings, cancel);
        foreach (var one in account.Credentials ?? []) await CredentialAsync(steps, address, record, one, cancel);
        return (record is null, steps);
    }

    private async ValueTask NewAsync(List<Step> steps, TreeAccount account, EmailAddress parsed, CancellationToken cancel)
    {
        var (address, kind) = (parsed.ToString(), Kind(account.Kind) ?? AccountKind.Personal);
        await RequireDomainAsync(parsed.Domain, cancel);
        if (overlay.Domains.GetValueOrDefault(parsed.Domain) || (await directory.FindDomainAsync(parsed.Domain, cancel))?.AliasOf is not null)
            throw new AccountRuleException($"{parsed.Domain} is another name of a domain; accounts are in the domain it stands for.");
        await RequireFreeAsync(address, cancel);
        if (account.Password is { } password)
        {
            if (kind == AccountKind.Shared) throw AccountService.SharedHasNoPassword();
            if (PasswordRules.Complaint(password, parsed) is { } complaint) throw new AccountRuleException(complaint);
        }
        var quota = account.Quota is null ? null : Quota(account.Quota);
        foreach (var group in account.Groups ?? []) await RequireGroupAsync(parsed.Domain, group, cancel);
        var draft = new AccountDraft(address)
        {
            DisplayName = AccountService.Name(account.Name), Kind = kind, Password = account.Password, WithoutPassword = account.Credentials is not null,
            WithoutDefaults = !account.TakesDefaults, QuotaOctets = quota, Groups = account.Groups,
        };
        steps.Add(new Step(Description(draft), async stop =>
        {
            var made = await accounts.AddAccountAsync(draft, stop);
            if (account.Quota is not null && made.Account.QuotaOctets != quota) await accounts.SetQuotaAsync(address, quota, stop);
            if (account.Enabled == false) await accounts.SetEnabledAsync(address, false, stop);
            return made.GeneratedPassword;
        }));
    }

    private async ValueTask ChangeAsync(List<Step> steps, TreeAccount account, AccountRecord record, CancellationToken cancel)
    {
        var address = record.Address;
        if (Kind(account.Kind) is { } kind && kind != record.Kind)
            throw new AccountRuleException($"The account is there as a {record.Kind.ToString().ToLowerInvariant()} one; its kind is chosen when it is made.");
        if (account.Name is not null && AccountService.Name(account.Name) is var name && name != record.DisplayName)
            steps.Add(Do(Change("name", record.DisplayName, name), async stop => await accounts.SetDisplayNameAsync(address, name, stop)));
        if (account.Quota is not null && Quota(account.Quota) is var quota && quota != record.QuotaOctets)
            steps.Add(Do(Change("quota", Text(record.QuotaOctets), Text(quota)), async stop => await accounts.SetQuotaAsync(address, quota, stop)));
        if (account.Enabled is { } enabled && enabled != record.Enabled)
            steps.Add(Do(enabled ? "enabled" : "disabled", async stop => await accounts.SetEnabledAsync(address, enabled, stop)));
        if (account.Password is { } password && !await accounts.HasPasswordAsync(record.Id, password, cancel))
        {
            if (record.Kind == AccountKind.Shared) throw AccountService.SharedHasNoPassword();
            if (PasswordRules.Complaint(password, Parse(address)) is { } complaint) throw new AccountRuleException(complaint);
            steps.Add(Do("password", async stop => await accounts.SetPasswordAsync(address, password, stop)));
        }
        var joined = await directory.ListGroupsOfAsync(record.Id, cancel);
        foreach (var group in account.Groups ?? [])
        {
            if (joined.Any(one => GroupName.Same(one.Name, GroupName.Normalize(group)))) continue;
            var full = await RequireGroupAsync(Parse(address).Domain, group, cancel);
            steps.Add(Do($"joins {group}", stop => accounts.SetMemberAsync(full, address, isMember: true, stop)));
        }
    }

    private async ValueTask AddressAsync(List<Step> steps, string owner, AccountRecord? record, TreeAddress wanted, CancellationToken cancel)
    {
        var parsed = AccountService.ParseNew(wanted.Address);
        var address = parsed.ToString();
        if (address == owner) return;
        var label = wanted.Label is null ? null : AccountService.Label(wanted.Label);
        if (await directory.FindAddressAsync(address, cancel) is not { } there)
        {
            await RequireDomainAsync(parsed.Domain, cancel);
            await RequireFreeAsync(address, cancel);
            steps.Add(Do($"address {address}", async stop => await directory.AddAddressAsync(
                new AddressRecord(address, (await directory.FindAccountAsync(owner, stop))!.Id) { Label = label ?? "", IsDisposable = wanted.Disposable ?? false, Enabled = wanted.Enabled ?? true }, stop)));
            return;
        }
        if (there.Account != record?.Id) throw new AccountRuleException($"The address {address} is another account's.");
        var changed = there with { Label = label ?? there.Label, IsDisposable = wanted.Disposable ?? there.IsDisposable, Enabled = wanted.Enabled ?? there.Enabled };
        if (changed != there) steps.Add(Do($"address {address}{(changed.Enabled == there.Enabled ? "" : changed.Enabled ? " on" : " off")}", async stop => await directory.UpdateAddressAsync(changed, stop)));
    }

    private async ValueTask CredentialAsync(List<Step> steps, string owner, AccountRecord? record, TreeCredential wanted, CancellationToken cancel)
    {
        var there = wanted.Lookup is { } lookup
            ? await directory.FindCredentialAsync(wanted.Kind, lookup, cancel)
            : record is null ? null : (await directory.ListCredentialsAsync(record.Id, cancel)).FirstOrDefault(one => one.Kind == wanted.Kind && one.Lookup is null);
        if (there is not null && there.Account != record?.Id) throw new AccountRuleException($"A credential ({wanted.Kind}) is another account's.");
        var (label, detail) = (wanted.Label ?? "", wanted.Detail ?? "");
        if (there is not null && (there.Value, there.Label, there.Detail) == (wanted.Value, label, detail)) return;
        steps.Add(Do($"credential {wanted.Kind}{(label.Length == 0 ? "" : $" \"{label}\"")}", async stop =>
        {
            var account = (await directory.FindAccountAsync(owner, stop))!.Id;
            if (wanted.Kind == CredentialKinds.Password) await directory.SetCredentialAsync(account, wanted.Kind, wanted.Value, stop);
            else if (there is null) await directory.AddCredentialAsync(new CredentialRecord(0, account, wanted.Kind, wanted.Value, default) { Label = label, Lookup = wanted.Lookup, Detail = detail }, stop);
            else await directory.UpdateCredentialAsync(there with { Value = wanted.Value, Label = label, Detail = detail }, stop);
        }));
    }

    private async ValueTask RequireFreeAsync(string address, CancellationToken cancel)
    {
        if (overlay.IsTaken(address) || await directory.FindAddressAsync(address, cancel) is not null || await directory.FindAliasAsync(address, cancel) is not null)
            throw new AccountRuleException($"The address {address} is taken.");
    }

    /// <summary>The group with its domain.</summary>
    private async ValueTask<string> RequireGroupAsync(string domain, string group, CancellationToken cancel)
    {
        var full = $"{domain}/{GroupName.Normalize(group)}";
        if (overlay.Groups.Contains(full)) return full;
        return await directory.FindDomainAsync(domain, cancel) is { } owner && await accounts.FindGroupAsync(owner, GroupName.Normalize(group), cancel) is not null
            ? full : throw new AccountRuleException($"There is no group {full}.");
    }

    private static AccountKind? Kind(string? kind) => kind switch
    {
        null => null,
        "personal" => AccountKind.Personal,
        "shared" => AccountKind.Shared,
        "system" => AccountKind.System,
        _ => throw new AccountRuleException($"\"{kind}\" is no kind of account; there are personal, shared and system."),
    };

    private static long? Quota(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase)
        ? null : OctetText.Read(text) ?? throw new AccountRuleException($"\"{text}\" is no size; write 500MB, 10GB or none.");

    private static string Text(long? octets) => octets is { } limit ? OctetText.Text(limit) : "";

    private static string Description(AccountDraft draft)
    {
        var parts = new List<string>();
        if (draft.Kind != AccountKind.Personal) parts.Add(draft.Kind.ToString().ToLowerInvariant());
        if (draft.DisplayName is { Length: > 0 } name) parts.Add(name);
        if (draft.QuotaOctets is { } quota) parts.Add($"quota {Text(quota)}");
        if (draft.Groups is { Count: > 0 } groups) parts.Add($"groups {string.Join(", ", groups)}");
        return string.Join(", ", parts);
    }
}
