using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

// Where mail of an account is sent on to, all of it or what its rules choose: to another person only once that person has agreed.
public sealed partial class AccountService
{
    /// <summary>Addresses one account forwards to.</summary>
    public const int MaxForwardTargets = 10;

    /// <summary>Codes that one account has sent in a day: it must not become a way to write to strangers.</summary>
    public const int MaxCodesADay = 10;

    /// <summary>Wrong codes after which a code is good no more.</summary>
    public const int MaxCodeTries = 5;

    private static readonly TimeSpan codeLifetime = TimeSpan.FromDays(7);

    // Of the whole process, as the settings are: a try must not be lost to another at the same moment.
    private static readonly SemaphoreSlim[] forwardGates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    /// <summary>All addresses that mail may be sent on to, with those that are kept for rules (<see cref="ForwardTarget.IsOff"/>) and those not confirmed yet.</summary>
    public async ValueTask<ForwardSetting?> GetForwardAsync(string account, CancellationToken cancel) =>
        await Settings.ForwardAsync((await RequireAccountAsync(account, cancel)).Id, cancel);

    /// <summary>Sets all of the forwarding at an administrator's word: the targets count as confirmed. Those that are kept for rules stay.</summary>
    /// <param name="targets">None: nothing is forwarded any more.</param>
    public async ValueTask SetForwardAsync(string account, IReadOnlyList<string> targets, ForwardKeep keep, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        if (targets.Count > MaxForwardTargets) throw new AccountRuleException($"An account forwards to at most {MaxForwardTargets} addresses; make an alias for more.") { Rule = "ForwardCount" };
        var parsed = new List<ForwardTarget>();
        foreach (var target in targets)
        {
            var address = await ForwardTargetAsync(owner, target, cancel);
            if (!parsed.Exists(one => one.Address == address)) parsed.Add(new ForwardTarget(address, true));
        }
        await ChangeForwardAsync(owner.Id, before => before with
        {
            Targets = [.. parsed, .. before.Targets.Where(one => one.IsOff && !parsed.Exists(other => other.Address == one.Address))], Keep = keep,
        }, cancel);
    }

    /// <summary>
    /// Adds a target at the word of the account's owner. An address of another person takes mail only once it is confirmed with the code that
    /// is answered here, to be sent to it and shown to nobody else (<c>ForwardConfirmations</c> does both); null when none is needed: it is an
    /// address of this server, or was confirmed before.
    /// </summary>
    /// <param name="use">Mail goes to it as soon as it is confirmed; else once it is chosen (<see cref="ChooseForwardAsync"/>), or where rules send it.</param>
    /// <exception cref="AccountRuleException">An own address, one that forwards back, too many addresses, too many codes in a day.</exception>
    public async ValueTask<string?> AskForwardAsync(string account, string target, CancellationToken cancel, bool use = true)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var address = await ForwardTargetAsync(owner, target, cancel);
        var isOurs = await Recipients.IsOursAsync(Parse(address).Domain, cancel);
        string? code = null;
        await ChangeForwardAsync(owner.Id, before =>
        {
            var known = before.Targets.FirstOrDefault(one => one.Address == address);
            // Whom all mail goes to, rules may send it to as well.
            var isOff = !use && known?.IsOff != false;
            if (known is { IsConfirmed: true }) return use && known.IsOff ? With(before, known with { IsOff = false }) : before;
            if (isOurs) return With(before, new ForwardTarget(address, true) { IsOff = isOff });
            var now = time.GetUtcNow();
            var asked = (before.Asked ?? []).Where(at => now - at < TimeSpan.FromDays(1)).ToList();
            if (asked.Count >= MaxCodesADay) throw new AccountRuleException($"At most {MaxCodesADay} codes are sent in a day; try again tomorrow.") { Rule = "CodesADay" };
            code = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);
            return With(before with { Asked = [.. asked, now] }, new ForwardTarget(address, false, CodeHash(code), now) { IsOff = isOff });
        }, cancel);
        return code;
    }

    /// <summary>Confirms a target with the code that was sent to it. False: the code is wrong, older than a week, or was guessed at too often.</summary>
    public async ValueTask<bool> ConfirmForwardAsync(string account, string target, string code, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var address = Parse(target).ToString();
        var isConfirmed = false;
        await ChangeForwardAsync(owner.Id, before =>
        {
            if (before.Targets.FirstOrDefault(one => one.Address == address) is not { } waiting) return before;
            isConfirmed = waiting.IsConfirmed;
            if (isConfirmed || waiting is not { CodeHash: { } hash, AskedAt: { } asked } || time.GetUtcNow() - asked > codeLifetime) return before;
            isConfirmed = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeHash(code)), Encoding.ASCII.GetBytes(hash));
            if (isConfirmed) return Replace(before, waiting, new ForwardTarget(address, true) { IsOff = waiting.IsOff });
            var tries = waiting.Tries + 1;
            return Replace(before, waiting, waiting with { Tries = tries, CodeHash = tries < MaxCodeTries ? hash : null });
        }, cancel);
        return isConfirmed;
    }

    /// <summary>Chooses among the confirmed targets; the others are kept and get no mail by themselves.</summary>
    /// <param name="used">Addresses that mail goes to from now on; none: nothing is forwarded.</param>
    public async ValueTask ChooseForwardAsync(string account, IReadOnlyList<string> used, ForwardKeep keep, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var chosen = used.Select(one => Parse(one).ToString()).ToHashSet(StringComparer.Ordinal);
        await ChangeForwardAsync(owner.Id, before =>
        {
            if (!chosen.IsSubsetOf(before.Targets.Where(one => one.IsConfirmed).Select(one => one.Address)))
                throw new AccountRuleException("Mail is forwarded only to addresses that were confirmed.") { Rule = "ForwardUnconfirmed" };
            return before with { Targets = [.. before.Targets.Select(one => one.IsConfirmed ? one with { IsOff = !chosen.Contains(one.Address) } : one)], Keep = keep };
        }, cancel);
    }

    /// <summary>Forgets a target, confirmed or not; codes that were sent to it count on.</summary>
    public async ValueTask RemoveForwardAsync(string account, string target, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        await ChangeForwardAsync(owner.Id, before => before with { Targets = [.. before.Targets.Where(one => one.Address != target)] }, cancel);
    }

    /// <inheritdoc cref="RecipientDirectory.MaySendOnAsync"/>
    public ValueTask<bool> MaySendOnAsync(AccountId account, string address, CancellationToken cancel) => Recipients.MaySendOnAsync(account, address, cancel);

    private RecipientDirectory Recipients => new(directory, settings);

    private static ForwardSetting With(ForwardSetting before, ForwardTarget target)
    {
        var others = before.Targets.Where(one => one.Address != target.Address).ToList();
        if (others.Count >= MaxForwardTargets) throw new AccountRuleException($"An account forwards to at most {MaxForwardTargets} addresses; remove one first.") { Rule = "ForwardCount" };
        return before with { Targets = [.. others, target] };
    }

    private static ForwardSetting Replace(ForwardSetting before, ForwardTarget old, ForwardTarget target) =>
        before with { Targets = [.. before.Targets.Select(one => one == old ? target : one)] };

    private async ValueTask<string> ForwardTargetAsync(AccountRecord owner, string target, CancellationToken cancel)
    {
        var parsed = Parse(target);
        var match = await RequireTargetAsync(parsed, cancel);
        if (match.Account?.Id == owner.Id || await Recipients.OwnsAsync(owner.Id, parsed.ToString(), cancel)) throw new AccountRuleException($"{target} is an address of the account itself.") { Rule = "ForwardItself" };
        if (match.Account is { } other && await Settings.ForwardAsync(other.Id, cancel) is { } back)
            foreach (var one in back.Targets.Where(one => !one.IsOff))
                if ((await Recipients.FindAsync(Parse(one.Address).LocalPart, Parse(one.Address).Domain, cancel)).Account?.Id == owner.Id)
                    throw new AccountRuleException($"{target} forwards to this account already; mail would go in circles.") { Rule = "ForwardCircle" };
        return parsed.ToString();
    }

    /// <summary>Reads, changes and writes with nobody between; nothing is written when nothing changed.</summary>
    private async ValueTask ChangeForwardAsync(AccountId account, Func<ForwardSetting, ForwardSetting> change, CancellationToken cancel)
    {
        var gate = forwardGates[(int)((ulong)account.Value % (ulong)forwardGates.Length)];
        await gate.WaitAsync(cancel);
        try
        {
            var before = await Settings.ForwardAsync(account, cancel) ?? new ForwardSetting([], ForwardKeep.Keep);
            var after = change(before);
            if (ReferenceEquals(before, after)) return;
            // What counts the codes of today stays without any address.
            var isEmpty = after.Targets.Count == 0 && after.Keep == ForwardKeep.Keep && !(after.Asked ?? []).Any(at => time.GetUtcNow() - at < TimeSpan.FromDays(1));
            await Settings.WriteAsync(SettingScope.Of(account), AccountSettings.Forward, isEmpty ? null : after, MailSettingsJson.Default.ForwardSetting, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    private static string CodeHash(string code) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code.Trim().ToLowerInvariant())));
}
