using System.Globalization;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts;

// Names and addresses that an account writes under.
public sealed partial class AccountService
{
    /// <summary>The identities of an account; one made of its name and primary address when it has none of its own.</summary>
    public async ValueTask<IReadOnlyList<Identity>> ListIdentitiesAsync(string account, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        return await Settings.IdentitiesAsync(owner.Id, cancel) is { Identities: { Count: > 0 } own } ? own : [OfItself(owner)];
    }

    /// <summary>Adds an identity; the first is the default.</summary>
    /// <param name="identity">Its id is ignored.</param>
    /// <param name="besideOwn">The one made of the account's name and address stays, when there is no other yet, and stays the default.</param>
    public async ValueTask<Identity> AddIdentityAsync(string account, Identity identity, CancellationToken cancel, bool besideOwn = false)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var setting = await Settings.IdentitiesAsync(owner.Id, cancel) ?? new IdentitiesSetting([], 1);
        if (besideOwn && setting.Identities.Count == 0) setting = setting with { Identities = [OfItself(owner)] };
        var added = await CheckAsync(owner, identity with { Id = setting.NextId, IsDefault = identity.IsDefault || setting.Identities.Count == 0 }, cancel);
        var others = added.IsDefault ? setting.Identities.Select(one => one with { IsDefault = false }) : setting.Identities;
        await WriteAsync(owner, new IdentitiesSetting([.. others, added], setting.NextId + 1), cancel);
        return added;
    }

    /// <summary>Changes name, address, reply address, blind copies and signatures of one that is there, be it the one made of the account's name.</summary>
    public async ValueTask<Identity> UpdateIdentityAsync(string account, Identity identity, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var (setting, before) = await RequireIdentityAsync(owner, identity.Id.ToString(CultureInfo.InvariantCulture), cancel);
        var changed = await CheckAsync(owner, identity with { IsDefault = before.IsDefault }, cancel);
        await WriteAsync(owner, setting with { Identities = [.. setting.Identities.Select(one => one.Id == changed.Id ? changed : one)] }, cancel);
        return changed;
    }

    /// <summary>Removes an identity. When it was the default, the first of those left is.</summary>
    /// <param name="which">Its number, or its address when no other has that.</param>
    public async ValueTask<Identity> RemoveIdentityAsync(string account, string which, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var (setting, gone) = await RequireIdentityAsync(owner, which, cancel);
        var left = setting.Identities.Where(one => one.Id != gone.Id).ToList();
        if (gone.IsDefault && left.Count > 0) left[0] = left[0] with { IsDefault = true };
        await WriteAsync(owner, setting with { Identities = left }, cancel);
        return gone;
    }

    /// <param name="which">Its number, or its address when no other has that.</param>
    public async ValueTask<Identity> SetDefaultIdentityAsync(string account, string which, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var (setting, chosen) = await RequireIdentityAsync(owner, which, cancel);
        await WriteAsync(owner, setting with { Identities = [.. setting.Identities.Select(one => one with { IsDefault = one.Id == chosen.Id })] }, cancel);
        return chosen with { IsDefault = true };
    }

    private async ValueTask<(IdentitiesSetting Setting, Identity Identity)> RequireIdentityAsync(AccountRecord owner, string which, CancellationToken cancel)
    {
        var setting = await Settings.IdentitiesAsync(owner.Id, cancel) ?? new IdentitiesSetting([], 1);
        if (setting.Identities.Count == 0 && which == "0") setting = setting with { Identities = [OfItself(owner)] };
        var found = int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? setting.Identities.Where(one => one.Id == id).ToList()
            : EmailAddress.TryParse(which, out var address) ? setting.Identities.Where(one => one.Address == address.ToString()).ToList() : [];
        return found.Count switch
        {
            1 => (setting, found[0]),
            0 => throw new AccountRuleException($"{owner.Address} has no identity {which}."),
            _ => throw new AccountRuleException($"{owner.Address} has several identities with the address {which}; give the number of one."),
        };
    }

    private async ValueTask<Identity> CheckAsync(AccountRecord owner, Identity identity, CancellationToken cancel)
    {
        if (IdentitiesSetting.Problem(identity) is { } problem) throw new AccountRuleException(problem.Sentence) { Rule = "Identity" + problem.Property };
        var address = Parse(identity.Address).ToString();
        if (!await new RecipientDirectory(directory, settings).MaySendAsAsync(owner.Id, address, cancel))
            throw new AccountRuleException($"{owner.Address} may not send as {address}: it is none of its addresses, and no shared account's whose rights say so.") { Rule = "IdentityNotYours" };
        return identity with { Address = address, ReplyTo = Normalized(identity.ReplyTo), Bcc = Normalized(identity.Bcc) };
    }

    private static Identity OfItself(AccountRecord owner) => new(0, owner.DisplayName, owner.Address) { IsDefault = true };

    private static IReadOnlyList<NamedAddress>? Normalized(IReadOnlyList<NamedAddress>? addresses) =>
        addresses is null ? null : [.. addresses.Select(one => one with { Email = Parse(one.Email).ToString() })];

    private async ValueTask WriteAsync(AccountRecord owner, IdentitiesSetting setting, CancellationToken cancel)
    {
        if (setting.Fault() is { } fault) throw new AccountRuleException(fault) { Rule = "IdentityCount" };
        if (JsonSerializer.SerializeToUtf8Bytes(setting, DirectoryJson.Default.IdentitiesSetting).Length > SettingsStore.MaxOctets)
            throw new AccountRuleException("The signatures of all identities together are too long.") { Rule = "IdentitySignatures" };
        await Settings.WriteAsync(SettingScope.Of(owner.Id), AccountSettings.Identities, setting, DirectoryJson.Default.IdentitiesSetting, cancel);
    }
}
