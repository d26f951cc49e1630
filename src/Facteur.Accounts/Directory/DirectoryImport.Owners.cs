using System.Text.Json.Nodes;
using Facteur.Storage;

namespace Facteur.Accounts;

// The site, domains with their groups, shares and aliases.
public sealed partial class DirectoryImport
{
    private async ValueTask<(bool, List<Step>)> SiteAsync(TreeSite site, CancellationToken cancel)
    {
        var steps = new List<Step>();
        await SettingsAsync(steps, 's', SettingScope.Site, _ => new(SettingScope.Site), site.Settings, cancel);
        return (false, steps);
    }

    private async ValueTask<(bool, List<Step>)> DomainAsync(TreeDomain domain, CancellationToken cancel)
    {
        var name = Domain(domain.Name);
        Once(name);
        var record = await directory.FindDomainAsync(name, cancel);
        if (record?.AliasOf is not null || overlay.Domains.ContainsKey(name)) throw new AccountRuleException($"{name} is another name of a domain.");
        var steps = new List<Step>();
        if (record is null) steps.Add(Do("", async stop => await accounts.AddDomainAsync(name, stop)));
        foreach (var other in domain.OtherNames ?? [])
        {
            var alias = Domain(other);
            var found = await directory.FindDomainAsync(alias, cancel);
            if (found is not null && (record is null || found.AliasOf != record.Id) || overlay.Domains.ContainsKey(alias))
                throw new AccountRuleException($"{alias} is there already, as a domain or as another name of one.");
            if (found is null) steps.Add(Do($"other name {alias}", async stop => await accounts.AddDomainAliasAsync(alias, name, stop)));
        }
        foreach (var group in domain.Groups ?? []) await GroupAsync(steps, name, record, group, cancel);
        await SettingsAsync(steps, 'd', record is null ? null : SettingScope.Of(record.Id), async stop => SettingScope.Of((await directory.FindDomainAsync(name, stop))!.Id), domain.Settings, cancel);
        return (record is null, steps);
    }

    private async ValueTask GroupAsync(List<Step> steps, string domain, DomainRecord? owner, TreeGroup group, CancellationToken cancel)
    {
        var name = new GroupName(domain, GroupName.Normalize(group.Name));
        var record = owner is null ? null : await accounts.FindGroupAsync(owner, name.Name, cancel);
        if (record is null) steps.Add(Do($"group {name.Name}", async stop => await accounts.AddGroupAsync($"{domain}/{name.Name}", stop)));
        await SettingsAsync(steps, 'g', record is null ? null : SettingScope.Of(record.Id),
            async stop => SettingScope.Of((await accounts.GetGroupAsync($"{domain}/{name.Name}", stop)).Id), group.Settings, cancel, $" of group {name.Name}");
    }

    private async ValueTask<(bool, List<Step>)> ShareAsync(TreeShare share, CancellationToken cancel)
    {
        var (shared, member) = (Parse(share.Account).ToString(), Parse(share.With).ToString());
        Once($"{shared} {member}");
        var rights = ShareRightsText.Parse(share.Rights);
        var (owner, other) = (await directory.FindAccountAsync(shared, cancel), await directory.FindAccountAsync(member, cancel));
        if (KindOf(shared, owner) != AccountKind.Shared) throw new AccountRuleException($"{shared} is not a shared account.");
        if (KindOf(member, other) == AccountKind.Shared) throw new AccountRuleException($"{member} is a shared account itself.");
        var now = owner is null || other is null ? ShareRights.None
            : (await directory.ListSharesAsync(owner.Id, cancel)).FirstOrDefault(one => one.Member == other.Id)?.Rights ?? ShareRights.None;
        var steps = new List<Step>();
        if (rights != now)
            steps.Add(Do(now == ShareRights.None ? string.Join(", ", ShareRightsText.List(rights)) : Change("rights", string.Join(", ", ShareRightsText.List(now)), string.Join(", ", ShareRightsText.List(rights))),
                stop => accounts.SetShareAsync(shared, member, rights, stop)));
        return (now == ShareRights.None && rights != now, steps);
    }

    private AccountKind KindOf(string address, AccountRecord? account) =>
        account?.Kind ?? (overlay.Accounts.TryGetValue(address, out var kind) ? kind : throw new AccountRuleException($"There is no account {address}."));

    private async ValueTask<(bool, List<Step>)> AliasAsync(TreeAlias alias, CancellationToken cancel)
    {
        var name = AliasName(alias.Address);
        Once(name);
        await RequireDomainAsync(name[(name.LastIndexOf('@') + 1)..], cancel);
        var targets = new List<string>();
        foreach (var target in alias.Targets)
            if (await TargetAsync(name, target, cancel) is { } known && !targets.Contains(known)) targets.Add(known);
        if (targets.Count is 0 or > AccountService.MaxAliasTargets) throw new AccountRuleException($"An alias leads to 1 to {AccountService.MaxAliasTargets} addresses.");
        var label = alias.Label is null ? null : AccountService.Label(alias.Label);
        var steps = new List<Step>();
        var record = await directory.FindAliasAsync(name, cancel);
        if (record is null)
        {
            if (await directory.FindAddressAsync(name, cancel) is not null || overlay.IsTaken(name)) throw new AccountRuleException($"The address {name} is taken.");
            steps.Add(Do($"to {Short(targets)}", async stop => await accounts.AddAliasAsync(name, targets, label, stop)));
        }
        else if (!record.Targets.SequenceEqual(targets) || (label ?? record.Label) != record.Label)
            steps.Add(Do(record.Targets.SequenceEqual(targets) ? Change("label", record.Label, label!) : Change("to", Short(record.Targets), Short(targets)),
                async stop => await directory.UpdateAliasAsync(record with { Targets = targets, Label = label ?? record.Label }, stop)));
        if (alias.Enabled is { } enabled && enabled != (record?.Enabled ?? true)) steps.Add(Do(enabled ? "on" : "off", async stop => await accounts.SetAliasEnabledAsync(name, enabled, stop)));
        return (record is null, steps);
    }

    /// <summary>The target as it is stored; one of our domains must be there, or come from the same file.</summary>
    private async ValueTask<string> TargetAsync(string alias, string target, CancellationToken cancel)
    {
        var parsed = Parse(target);
        var text = parsed.ToString();
        if (text == alias) throw new AccountRuleException($"{target} cannot lead to itself.");
        var match = await new RecipientDirectory(directory, store.Settings).FindAsync(parsed.LocalPart, parsed.Domain, cancel);
        var isNew = overlay.IsTaken(text) || overlay.IsTaken($"{parsed.LocalPart.Split('+')[0]}@{parsed.Domain}") || overlay.Aliases.Contains($"@{parsed.Domain}");
        if (match.Kind == RecipientKind.UnknownUser && !isNew || match.Kind == RecipientKind.Foreign && overlay.Domains.ContainsKey(parsed.Domain) && !isNew)
            throw new AccountRuleException($"There is no address {text} on this server.");
        return match.Kind == RecipientKind.SwitchedOff ? throw new AccountRuleException($"The address {text} is switched off.") : text;
    }

    /// <param name="now">The owner as it is; null: it comes with this file.</param>
    /// <param name="later">The owner once it is there.</param>
    /// <param name="of">Behind the name of the setting, for people.</param>
    private async ValueTask SettingsAsync(
        List<Step> steps, char kind, SettingScope? now, Func<CancellationToken, ValueTask<SettingScope>> later, IReadOnlyDictionary<string, JsonNode?>? wanted, CancellationToken cancel, string of = "")
    {
        foreach (var (name, document) in wanted ?? new Dictionary<string, JsonNode?>())
        {
            var stored = now is { } scope ? await store.Settings.GetAsync(scope, name, cancel) : null;
            if (documents.Make(kind, name, document, stored) is not { } json) continue;
            if (json.Length > SettingsStore.MaxOctets) throw new AccountRuleException($"The setting \"{name}\" has {json.Length} octets; allowed are {SettingsStore.MaxOctets}.");
            steps.Add(Do($"setting {name}{of}", async stop => await store.Settings.SetAsync(await later(stop), name, json, stop)));
        }
    }

    private async ValueTask RequireDomainAsync(string name, CancellationToken cancel)
    {
        if (!overlay.Domains.ContainsKey(name) && await directory.FindDomainAsync(name, cancel) is null)
            throw new AccountRuleException($"The domain {name} is not one of this server.");
    }

    /// <summary>Notes what an item would have made, for those behind it.</summary>
    private void Remember(TreeItem item)
    {
        switch (item)
        {
            case TreeDomain domain:
                Seen(Domain(domain.Name));
                overlay.Domains[Domain(domain.Name)] = false;
                foreach (var other in domain.OtherNames ?? []) overlay.Domains[Domain(other)] = true;
                foreach (var group in domain.Groups ?? []) overlay.Groups.Add($"{Domain(domain.Name)}/{GroupName.Normalize(group.Name)}");
                break;
            case TreeAccount account:
                var primary = Parse(account.Address).ToString();
                Seen(primary);
                overlay.Accounts[primary] = Kind(account.Kind) ?? AccountKind.Personal;
                foreach (var address in (account.Addresses ?? []).Select(one => Parse(one.Address).ToString()).Prepend(primary)) overlay.Addresses[address] = primary;
                break;
            case TreeShare share:
                Seen($"{Parse(share.Account)} {Parse(share.With)}");
                break;
            case TreeAlias alias:
                Seen(AliasName(alias.Address));
                overlay.Aliases.Add(AliasName(alias.Address));
                break;
        }
    }

    private void Seen(string name) => overlay.Seen.Add(name);

    /// <summary>Accounts, domains, aliases and shares are told apart by how their names look.</summary>
    private void Once(string name)
    {
        if (overlay.Seen.Contains(name)) throw new AccountRuleException("It stands twice in the file.");
    }

    private static string AliasName(string address) => address.StartsWith('@') ? $"@{Domain(address[1..])}" : AccountService.ParseNew(address).ToString();

    private static string Change(string what, string before, string after) => $"{what} {(before.Length == 0 ? "none" : before)} -> {(after.Length == 0 ? "none" : after)}";

    private static string Short(IReadOnlyList<string> targets) => targets.Count > 4 ? $"{string.Join(", ", targets.Take(4))} and {targets.Count - 4} more" : string.Join(", ", targets);
}
