using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>A disposable address and what came to it.</summary>
/// <param name="Messages">Messages delivered through it.</param>
/// <param name="LastUsed">When the last of them came, to the second; null before the first.</param>
public sealed record DisposableAddress(AddressRecord Address, long Messages, DateTimeOffset? LastUsed);

// Addresses beside the primary ones: further addresses of accounts, aliases, other names of domains, disposable addresses.
public sealed partial class AccountService
{
    /// <summary>Targets of one alias; a longer list wants a list server.</summary>
    public const int MaxAliasTargets = 1_000;

    /// <summary>Disposable addresses of one account.</summary>
    public const int MaxDisposable = 500;

    /// <summary>Characters of a note on an address.</summary>
    public const int MaxLabel = 200;

    /// <summary>Adds another name for a domain.</summary>
    public async ValueTask<DomainRecord> AddDomainAliasAsync(string name, string target, CancellationToken cancel)
    {
        var domain = await RequireDomainAsync(target, cancel);
        if (domain.AliasOf is not null) throw new AccountRuleException($"The domain {target} is another name itself; give the domain it stands for.");
        return await directory.AddDomainAliasAsync(DomainName.Normalize(name) ?? throw new AccountRuleException($"\"{name}\" is not a domain name."), domain.Id, cancel);
    }

    /// <summary>Gives an account another address.</summary>
    public async ValueTask<AddressRecord> AddAddressAsync(string account, string address, string? label, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var record = new AddressRecord((await ParseNewAsync(address, cancel)).Address.ToString(), owner.Id) { Label = Label(label) };
        await directory.AddAddressAsync(record, cancel);
        return record;
    }

    /// <summary>Takes an address from its account; mail to it is refused as unknown from then on.</summary>
    public async ValueTask RemoveAddressAsync(string address, CancellationToken cancel) =>
        await directory.RemoveAddressAsync((await RequireAddressAsync(address, cancel)).Address, cancel);

    /// <summary>Adds an alias. "@exemple.fr" takes what the domain has no address for.</summary>
    /// <param name="targets">Addresses here or elsewhere; those of our domains must exist.</param>
    public async ValueTask<AliasRecord> AddAliasAsync(string address, IReadOnlyList<string> targets, string? label, CancellationToken cancel)
    {
        var (name, domain) = await ParseAliasAsync(address, cancel);
        return await directory.AddAliasAsync(name, domain.Id, await TargetsAsync(name, targets, cancel), Label(label), cancel);
    }

    /// <summary>Changes where an alias leads.</summary>
    public async ValueTask<AliasRecord> SetAliasTargetsAsync(string address, IReadOnlyList<string> targets, CancellationToken cancel)
    {
        var alias = await RequireAliasAsync(address, cancel);
        return await directory.UpdateAliasAsync(alias with { Targets = await TargetsAsync(alias.Address, targets, cancel) }, cancel);
    }

    /// <summary>Switched off, the address stays taken and mail to it is refused.</summary>
    public async ValueTask<AliasRecord> SetAliasEnabledAsync(string address, bool enabled, CancellationToken cancel) =>
        await directory.UpdateAliasAsync(await RequireAliasAsync(address, cancel) with { Enabled = enabled }, cancel);

    public async ValueTask RemoveAliasAsync(string address, CancellationToken cancel) =>
        await directory.RemoveAliasAsync((await RequireAliasAsync(address, cancel)).Id, cancel);

    /// <param name="domain">Null: of all domains.</param>
    public async ValueTask<IReadOnlyList<AliasRecord>> ListAliasesAsync(string? domain, CancellationToken cancel) =>
        await directory.ListAliasesAsync(domain is null ? null : (await RequireDomainAsync(domain, cancel)).Id, cancel);

    /// <summary>Makes a disposable address for an account.</summary>
    /// <param name="address">Null: one is made up in the account's domain, such as lune-papier-4821@exemple.fr.</param>
    /// <param name="label">To whom it will be given.</param>
    public async ValueTask<AddressRecord> AddDisposableAsync(string account, string? address, string? label, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        if ((await directory.ListAddressesAsync(owner.Id, cancel)).Count(one => one.IsDisposable) >= MaxDisposable)
            throw new AccountRuleException($"An account has at most {MaxDisposable} disposable addresses; remove one first.") { Rule = "DisposableCount" };
        if (address is not null) return await AddAsync((await ParseNewAsync(address, cancel)).Address.ToString());
        var domain = Parse(owner.Address).Domain;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await AddAsync($"{Word()}-{Word()}-{RandomNumberGenerator.GetInt32(1_000, 10_000).ToString(CultureInfo.InvariantCulture)}@{domain}");
            }
            catch (StoreRefusedException e) when (e.Reason == StoreRefusal.AlreadyExists && attempt < 10)
            {
                // Taken already: another is as good.
            }
        }

        async ValueTask<AddressRecord> AddAsync(string name)
        {
            var record = new AddressRecord(name, owner.Id) { IsDisposable = true, Label = Label(label) };
            await directory.AddAddressAsync(record, cancel);
            return record;
        }

        static string Word() => PasswordWords.All[RandomNumberGenerator.GetInt32(PasswordWords.All.Count)];
    }

    /// <summary>Switches an address on or off that is not an account's primary one; off, mail to it is refused.</summary>
    public async ValueTask<AddressRecord> SetAddressEnabledAsync(string address, bool enabled, CancellationToken cancel)
    {
        try
        {
            return await directory.UpdateAddressAsync(await RequireAddressAsync(address, cancel) with { Enabled = enabled }, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.NotPossible)
        {
            throw new AccountRuleException($"{address} is the primary address of its account and stays on; disable the account instead.");
        }
    }

    /// <summary>Disposable addresses of an account with the messages that came to each.</summary>
    public async ValueTask<IReadOnlyList<DisposableAddress>> ListDisposablesAsync(string account, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var addresses = (await directory.ListAddressesAsync(owner.Id, cancel)).Where(address => address.IsDisposable).ToList();
        var counts = await State.GetManyAsync(DisposableSpace(owner.Id), [.. addresses.Select(address => address.Address)], cancel);
        return [.. addresses.Select(address => new DisposableAddress(address, 
            counts.TryGetValue(address.Address, out var entry) ? entry.First : 0, entry?.Value is { Length: sizeof(long) } at ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(at)) : null))];
    }

    /// <summary>Changes the note on a disposable address of an account, and whether it takes mail.</summary>
    public async ValueTask<AddressRecord> UpdateDisposableAsync(AddressRecord address, CancellationToken cancel)
    {
        if (await RequireAddressAsync(address.Address, cancel) is not { IsDisposable: true } known || known.Account != address.Account) throw new AccountRuleException($"{address.Address} is not a disposable address of this account.");
        return await directory.UpdateAddressAsync(known with { Label = Label(address.Label), Enabled = address.Enabled }, cancel);
    }

    /// <summary>Takes a disposable address from its account, with what was counted of it.</summary>
    public async ValueTask RemoveDisposableAsync(AddressRecord address, CancellationToken cancel)
    {
        await directory.RemoveAddressAsync(address.Address, cancel);
        await State.RemoveAsync(DisposableSpace(address.Account), address.Address, cancel);
    }

    /// <summary>
    /// Where learnt state counts what came to each disposable address of an account: key the address, first number the messages, value the second since 1970
    /// at which the last came (eight octets, the highest first).
    /// </summary>
    public static string DisposableSpace(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"disposable:{account.Value}");

    private async ValueTask<(EmailAddress Address, DomainRecord Domain)> ParseNewAsync(string address, CancellationToken cancel)
    {
        var parsed = ParseNew(address);
        return (parsed, await RequireDomainAsync(parsed.Domain, cancel));
    }

    /// <summary>An address that can be given to somebody.</summary>
    internal static EmailAddress ParseNew(string address)
    {
        var parsed = Parse(address);
        if (!EmailAddress.IsDotString(parsed.LocalPart)) throw new AccountRuleException($"\"{parsed.LocalPart}\" would need quotes in every address; choose letters, digits, dots and hyphens.");
        if (parsed.LocalPart.Contains('+', StringComparison.Ordinal)) throw new AccountRuleException("An address with \"+\" belongs to the account before it and needs none of its own.");
        return parsed;
    }

    private async ValueTask<(string Address, DomainRecord Domain)> ParseAliasAsync(string address, CancellationToken cancel)
    {
        if (!address.StartsWith('@'))
        {
            var (parsed, domain) = await ParseNewAsync(address, cancel);
            return (parsed.ToString(), domain);
        }
        var all = await RequireDomainAsync(address[1..], cancel);
        return ($"@{all.Name}", all);
    }

    private async ValueTask<string[]> TargetsAsync(string alias, IReadOnlyList<string> targets, CancellationToken cancel)
    {
        if (targets.Count is 0 or > MaxAliasTargets) throw new AccountRuleException($"An alias leads to 1 to {MaxAliasTargets} addresses.");
        var known = new List<string>(targets.Count);
        foreach (var target in targets)
        {
            var parsed = Parse(target);
            if (parsed.ToString() == alias) throw new AccountRuleException($"{target} cannot lead to itself.");
            await RequireTargetAsync(parsed, cancel);
            if (!known.Contains(parsed.ToString())) known.Add(parsed.ToString());
        }
        return [.. known];
    }

    /// <summary>An address of our domains that mail is sent on to must be there.</summary>
    private async ValueTask<RecipientMatch> RequireTargetAsync(EmailAddress target, CancellationToken cancel)
    {
        var match = await new RecipientDirectory(directory, settings).FindAsync(target.LocalPart, target.Domain, cancel);
        return match.Kind switch
        {
            RecipientKind.UnknownUser => throw new AccountRuleException($"There is no address {target} on this server.") { Rule = "NoSuchAddress" },
            RecipientKind.SwitchedOff => throw new AccountRuleException($"The address {target} is switched off.") { Rule = "NoSuchAddress" },
            _ => match,
        };
    }

    /// <summary>Whether this can be noted on an address: one line.</summary>
    public static bool IsLabel(string label) => label.Trim() is var text && text.Length <= MaxLabel && EmailAddress.IsPlainText(text);

    internal static string Label(string? label) =>
        IsLabel(label ?? "") ? (label ?? "").Trim() : throw new AccountRuleException($"A note on an address is one line of at most {MaxLabel} characters.") { Rule = "AddressLabel" };

    private async ValueTask<AddressRecord> RequireAddressAsync(string address, CancellationToken cancel) =>
        await directory.FindAddressAsync(Parse(address).ToString(), cancel) ?? throw new AccountRuleException($"No account has the address {address}.");

    private async ValueTask<AliasRecord> RequireAliasAsync(string address, CancellationToken cancel)
    {
        var name = address.StartsWith('@') && DomainName.Normalize(address[1..]) is { } domain ? $"@{domain}" : Parse(address).ToString();
        return await directory.FindAliasAsync(name, cancel) ?? throw new AccountRuleException($"There is no alias {address}.");
    }
}
