using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

// What an account's mail does by itself: forwarding, replies while away, the language of what the server writes.
public sealed partial class AccountService
{
    /// <summary>Addresses one account forwards to.</summary>
    public const int MaxForwardTargets = 10;

    private static readonly TimeSpan codeLifetime = TimeSpan.FromDays(7);

    public async ValueTask<ForwardSetting?> GetForwardAsync(string account, CancellationToken cancel) =>
        await Settings.ForwardAsync((await RequireAccountAsync(account, cancel)).Id, cancel);

    /// <summary>Sets all of the forwarding at an administrator's word: the targets count as confirmed.</summary>
    /// <param name="targets">None: nothing is forwarded any more.</param>
    public async ValueTask SetForwardAsync(string account, IReadOnlyList<string> targets, ForwardKeep keep, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        if (targets.Count > MaxForwardTargets) throw new AccountRuleException($"An account forwards to at most {MaxForwardTargets} addresses; make an alias for more.");
        var parsed = new List<ForwardTarget>();
        foreach (var target in targets)
        {
            var address = await ForwardTargetAsync(owner, target, cancel);
            if (!parsed.Exists(one => one.Address == address)) parsed.Add(new ForwardTarget(address, true));
        }
        await WriteForwardAsync(owner.Id, parsed, keep, cancel);
    }

    /// <summary>
    /// Adds a target at the word of the account's owner. An address of another person takes mail only once it is confirmed with the code that
    /// is answered here, to be sent to it; null when none is needed (it is an address of this server).
    /// </summary>
    public async ValueTask<string?> AskForwardAsync(string account, string target, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var address = await ForwardTargetAsync(owner, target, cancel);
        var setting = await Settings.ForwardAsync(owner.Id, cancel) ?? new ForwardSetting([], ForwardKeep.Keep);
        var others = setting.Targets.Where(one => one.Address != address).ToList();
        if (setting.Targets.FirstOrDefault(one => one.Address == address) is { IsConfirmed: true }) return null;
        if (others.Count >= MaxForwardTargets) throw new AccountRuleException($"An account forwards to at most {MaxForwardTargets} addresses; remove one first.");
        var isOurs = await new RecipientDirectory(directory, settings).IsOursAsync(Parse(address).Domain, cancel);
        var code = isOurs ? null : RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);
        others.Add(new ForwardTarget(address, isOurs, code is null ? null : CodeHash(code), code is null ? null : time.GetUtcNow()));
        await WriteForwardAsync(owner.Id, others, setting.Keep, cancel);
        return code;
    }

    /// <summary>Confirms a target with the code that was sent to it. False: the code is wrong or older than a week.</summary>
    public async ValueTask<bool> ConfirmForwardAsync(string account, string target, string code, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var address = Parse(target).ToString();
        if (await Settings.ForwardAsync(owner.Id, cancel) is not { } setting) return false;
        if (setting.Targets.FirstOrDefault(one => one.Address == address) is not { } waiting) return false;
        if (waiting.IsConfirmed) return true;
        if (waiting is not { CodeHash: { } hash, AskedAt: { } asked } || time.GetUtcNow() - asked > codeLifetime) return false;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeHash(code)), Encoding.ASCII.GetBytes(hash))) return false;
        await WriteForwardAsync(owner.Id, [.. setting.Targets.Select(one => one == waiting ? new ForwardTarget(address, true) : one)], setting.Keep, cancel);
        return true;
    }

    public async ValueTask<VacationSetting?> GetVacationAsync(string account, CancellationToken cancel) =>
        await Settings.VacationAsync((await RequireAccountAsync(account, cancel)).Id, cancel);

    /// <param name="vacation">Null: no more replies.</param>
    public async ValueTask SetVacationAsync(string account, VacationSetting? vacation, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        // Who sets it by hand means to say something; a program may leave the words to us (RFC 8621 §8).
        if (vacation is { Html: null } && string.IsNullOrWhiteSpace(vacation.Text)) throw new AccountRuleException($"The text of a reply has 1 to {VacationSettings.MaxText} characters.");
        await new VacationSettings(Settings).WriteAsync(owner.Id, vacation, cancel);
    }

    /// <summary>Sets the language of reports and replies for an account.</summary>
    /// <param name="locale">"fr" or "en"; null: as its domain.</param>
    public async ValueTask SetAccountLocaleAsync(string account, string? locale, CancellationToken cancel) =>
        await WriteLocaleAsync(SettingScope.Of((await RequireAccountAsync(account, cancel)).Id), locale, cancel);

    /// <param name="domain">Null: for the site.</param>
    public async ValueTask SetLocaleAsync(string? domain, string? locale, CancellationToken cancel) =>
        await WriteLocaleAsync(await ScopeAsync(domain, cancel), locale, cancel);

    /// <summary>Language of an account, by its own setting, its domain's or the site's.</summary>
    public async ValueTask<string> GetLocaleAsync(string account, CancellationToken cancel) =>
        await Settings.LocaleAsync(await RequireAccountAsync(account, cancel), cancel);

    /// <summary>Names who gets mail for postmaster and abuse of a domain, or of all domains, that have no such address of their own.</summary>
    /// <param name="domain">Null: for the site.</param>
    /// <param name="address">Null: the first account of each domain.</param>
    public async ValueTask SetPostmasterAsync(string? domain, string? address, CancellationToken cancel)
    {
        var scope = await ScopeAsync(domain, cancel);
        PostmasterSetting? setting = null;
        if (address is not null)
        {
            var parsed = Parse(address);
            await RequireTargetAsync(parsed, cancel);
            setting = new PostmasterSetting(parsed.ToString());
        }
        await Settings.WriteAsync(scope, AccountSettings.Postmaster, setting, MailSettingsJson.Default.PostmasterSetting, cancel);
    }

    /// <summary>Switches ids in envelope senders on or off for a domain (<see cref="BounceSetting"/>).</summary>
    public async ValueTask SetBouncesAsync(string? domain, BounceSetting? setting, CancellationToken cancel) =>
        await Settings.WriteAsync(await ScopeAsync(domain, cancel), AccountSettings.Bounces, setting, MailSettingsJson.Default.BounceSetting, cancel);

    private async ValueTask<string> ForwardTargetAsync(AccountRecord owner, string target, CancellationToken cancel)
    {
        var parsed = Parse(target);
        var match = await RequireTargetAsync(parsed, cancel);
        if (match.Account?.Id == owner.Id) throw new AccountRuleException($"{target} is an address of the account itself.");
        if (match.Account is { } other && await Settings.ForwardAsync(other.Id, cancel) is { } back)
            foreach (var one in back.Targets)
                if ((await new RecipientDirectory(directory, settings).FindAsync(Parse(one.Address).LocalPart, Parse(one.Address).Domain, cancel)).Account?.Id == owner.Id)
                    throw new AccountRuleException($"{target} forwards to this account already; mail would go in circles.");
        return parsed.ToString();
    }

    private ValueTask WriteForwardAsync(AccountId account, List<ForwardTarget> targets, ForwardKeep keep, CancellationToken cancel) =>
        Settings.WriteAsync(SettingScope.Of(account), AccountSettings.Forward, targets.Count == 0 ? null : new ForwardSetting(targets, keep), MailSettingsJson.Default.ForwardSetting, cancel);

    private ValueTask WriteLocaleAsync(SettingScope scope, string? locale, CancellationToken cancel)
    {
        if (locale is not null && !AccountSettings.Locales.Contains(locale))
            throw new AccountRuleException($"\"{locale}\" is not a language of this server; it has {string.Join(" and ", AccountSettings.Locales)}.");
        return Settings.WriteAsync(scope, AccountSettings.Locale, locale, MailSettingsJson.Default.String, cancel);
    }

    private async ValueTask<SettingScope> ScopeAsync(string? domain, CancellationToken cancel) =>
        domain is null ? SettingScope.Site : SettingScope.Of((await RequireDomainAsync(domain, cancel)).Id);

    private static string CodeHash(string code) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code.Trim().ToLowerInvariant())));
}
