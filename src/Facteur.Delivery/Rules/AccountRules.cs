using System.Text;
using Facteur.Accounts;
using Facteur.Sieve;
using Facteur.Sieve.Rules;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Delivery.Rules;

/// <summary>
/// Rules of accounts, kept as the script "rules" together with what settings do: what mail programs show of it is what is done. A script that somebody
/// wrote is never written over, and stays active when it is; it may include "rules" (RFC 6609 §3.2).
/// </summary>
/// <remarks>The decision and its reasons: docs/decisions/0022-rules-as-sieve.md.</remarks>
public sealed class AccountRules : IMadeScripts
{
    /// <summary>Name of the script.</summary>
    public const string ScriptName = "rules";

    /// <summary>Between the places of two rules, so that one more fits.</summary>
    public const int Step = 10;

    private const int MaxAttempts = 5;

    // Of the whole process, as the scripts are.
    private static readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1))];

    private readonly SieveScripts scripts;
    private readonly RecipientDirectory directory;
    private readonly RuleSources sources;

    public AccountRules(SieveScripts scripts, MailStore store, RecipientDirectory directory, AccountSettings settings)
    {
        (this.scripts, this.directory) = (scripts, directory);
        sources = new RuleSources(store, directory, settings);
        scripts.Made = this;
    }

    public async ValueTask<RuleSet> ReadAsync(AccountId account, CancellationToken cancel) => (await LookAsync(SettingScope.Of(account), cancel)).Rules;

    /// <summary>The script as it stands; null when there is none.</summary>
    public async ValueTask<string?> ShowAsync(AccountId account, CancellationToken cancel) =>
        (await FindAsync(SettingScope.Of(account), cancel)).Octets is { } octets ? Encoding.UTF8.GetString(octets.Span) : null;

    /// <summary>Adds a rule; its id is given here.</summary>
    /// <param name="isLast">Behind all others, whatever place it names.</param>
    /// <exception cref="RuleRefusedException">Invalid, TooMany, NotConfirmed or Edited.</exception>
    public async ValueTask<MailRule> AddAsync(AccountId account, MailRule rule, bool isLast, CancellationToken cancel)
    {
        MailRule? added = null;
        rule = await sources.BindAsync(account, rule, cancel);
        await ChangeAsync(account, rule, document =>
        {
            var place = isLast ? document.Rules.Select(one => one.SortOrder).DefaultIfEmpty().Max() + Step : rule.SortOrder;
            added = rule with { Id = RuleSet.IdOf(document.Last + 1), SortOrder = place };
            return [.. document.Rules, added];
        }, cancel);
        return added!;
    }

    /// <summary>Puts a rule in the place of the one of its id.</summary>
    /// <exception cref="RuleRefusedException">As <see cref="AddAsync"/>, and NonExistent.</exception>
    /// <returns>As it is kept.</returns>
    public async ValueTask<MailRule> ReplaceAsync(AccountId account, MailRule rule, CancellationToken cancel)
    {
        rule = await sources.BindAsync(account, rule, cancel);
        await ChangeAsync(account, rule, document => [.. Without(document.Rules, rule.Id), rule], cancel);
        return rule;
    }

    /// <exception cref="RuleRefusedException">NonExistent or Edited.</exception>
    public ValueTask RemoveAsync(AccountId account, string id, CancellationToken cancel) => ChangeAsync(account, null, document => Without(document.Rules, id), cancel);

    /// <summary>Gives a rule another place.</summary>
    /// <param name="place">1 is the first.</param>
    /// <exception cref="RuleRefusedException">NonExistent or Edited.</exception>
    public ValueTask MoveAsync(AccountId account, string id, int place, CancellationToken cancel) => ChangeAsync(account, null, document =>
    {
        var others = Without(document.Rules, id);
        others.Insert(Math.Clamp(place - 1, 0, others.Count), document.Rules.First(rule => rule.Id == id));
        return [.. others.Select((rule, index) => rule with { SortOrder = (index + 1) * Step })];
    }, cancel);

    /// <summary>
    /// Makes the rules what mail goes through. Their script, where it was edited by hand, keeps what it says under another name ("rules-2"), and the rules
    /// begin again as they were before. A script that was active stays, and is so no more.
    /// </summary>
    /// <exception cref="RuleRefusedException">TooMany.</exception>
    public async ValueTask StartAsync(AccountId account, CancellationToken cancel)
    {
        var owner = SettingScope.Of(account);
        await InTurnAsync(account, async () =>
        {
            var (document, rules, script) = await LookAsync(owner, cancel);
            try
            {
                if (rules.Standing == RuleStanding.Edited)
                {
                    var before = await scripts.ReadAsync(owner, script!, cancel) is { } octets ? RuleScript.ReadEdited(octets.Span) : null;
                    await scripts.RenameAsync(owner, ScriptName, FreeName(await scripts.ListAsync(owner, cancel)), cancel);
                    // Where settings do something there is a new one already.
                    (_, _, script) = await LookAsync(owner, cancel);
                    await StoreAsync(owner, account, script, before ?? document, cancel);
                }
                else if (script is null) await StoreAsync(owner, account, null, document, cancel);
                await scripts.ActivateAsync(owner, ScriptName, cancel);
            }
            catch (ScriptRefusedException e)
            {
                throw new RuleRefusedException(RuleRefusal.TooMany, e.Sentence);
            }
        }, cancel);
    }

    /// <summary>Mail goes through no script any more, when it goes through that of the rules.</summary>
    public async ValueTask StopAsync(AccountId account, CancellationToken cancel)
    {
        var owner = SettingScope.Of(account);
        if ((await scripts.ListAsync(owner, cancel)).Active?.Name == ScriptName) await scripts.ActivateAsync(owner, null, cancel);
    }

    bool IMadeScripts.IsMadeOf(string setting) => RuleSources.Has(setting);

    /// <summary>The script says what settings do as well: it is there as soon as one of them does something, and follows them.</summary>
    async ValueTask<bool> IMadeScripts.RefreshAsync(SettingScope owner, ScriptFolder folder, CancellationToken cancel)
    {
        var account = new AccountId(owner.Id);
        if (owner != SettingScope.Of(account)) return false; // the site has no rules
        try
        {
            if (folder.Find(ScriptName) is not { } script)
            {
                if ((await sources.ReadAsync(account, [], cancel)).IsEmpty) return false;
                await StoreAsync(owner, account, null, new RuleDocument(0, []), cancel);
                if (folder.Active is null) await scripts.ActivateAsync(owner, ScriptName, cancel);
                return true;
            }
            if (await scripts.ReadAsync(owner, script, cancel) is not { } octets || RuleScript.Read(octets.Span) is not { } document) return false;
            var text = await ComposeAsync(account, document, cancel);
            if (octets.Span.SequenceEqual(text)) return false;
            await scripts.ReplaceAsync(owner, script, text, cancel);
            return true;
        }
        catch (ScriptRefusedException)
        {
            // No room, or changed by somebody else at this moment: it stays as it is, and settings do what they do.
            return false;
        }
    }

    private async ValueTask<(RuleDocument Document, RuleSet Rules, StoredScript? Script)> LookAsync(SettingScope owner, CancellationToken cancel)
    {
        var (folder, script, octets) = await FindAsync(owner, cancel);
        var (active, none) = (folder.Active?.Name, new RuleDocument(0, []));
        if (script is null) return (none, new RuleSet([], RuleStanding.None, active), null);
        if (octets is not { } text || RuleScript.Read(text.Span) is not { } document) return (none, new RuleSet([], RuleStanding.Edited, active), script);
        return (document, new RuleSet(document.Rules, document.Rules.Count == 0 ? RuleStanding.None : await StandingAsync(owner, folder, script, cancel), active), script);
    }

    /// <summary>The script with what it says; where it is replaced at this moment, what it says then.</summary>
    private async ValueTask<(ScriptFolder Folder, StoredScript? Script, ReadOnlyMemory<byte>? Octets)> FindAsync(SettingScope owner, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = await scripts.ListAsync(owner, cancel);
            if (folder.Find(ScriptName) is not { } script) return (folder, null, null);
            if (await scripts.ReadAsync(owner, script, cancel) is { } octets) return (folder, script, octets);
            // A part of it is missing for good.
            if (attempt == MaxAttempts) return (folder, script, null);
        }
    }

    private async ValueTask<RuleStanding> StandingAsync(SettingScope owner, ScriptFolder folder, StoredScript script, CancellationToken cancel)
    {
        if (folder.Active is not { } active) return RuleStanding.Inactive;
        return active == script || await scripts.IncludesAsync(owner, active, ScriptName, cancel) ? RuleStanding.Running : RuleStanding.OtherScript;
    }

    /// <summary>One change at a time for each account; what was edited meanwhile is not written over.</summary>
    /// <param name="changed">The rule that is new; null for none.</param>
    private async ValueTask ChangeAsync(AccountId account, MailRule? changed, Func<RuleDocument, IReadOnlyList<MailRule>> change, CancellationToken cancel)
    {
        if (changed is not null) await CheckAsync(account, changed, cancel);
        var owner = SettingScope.Of(account);
        await InTurnAsync(account, async () =>
        {
            // A setting that changes at this moment makes the script anew.
            for (var attempt = 1; !await TryChangeAsync(owner, account, changed is not null, change, cancel); attempt++)
                if (attempt == MaxAttempts) throw Edited();
        }, cancel);
    }

    private async ValueTask<bool> TryChangeAsync(SettingScope owner, AccountId account, bool isNew, Func<RuleDocument, IReadOnlyList<MailRule>> change, CancellationToken cancel)
    {
        var (document, before, script) = await LookAsync(owner, cancel);
        if (before.Standing == RuleStanding.Edited) throw Edited();
        var rules = RuleSet.Ordered(change(document));
        RuleCheck.Check(rules, scripts.Language);
        var last = Math.Max(document.Last, rules.Select(rule => RuleSet.NumberOf(rule.Id)).DefaultIfEmpty().Max());
        if (!await TryWriteAsync(owner, account, script, new RuleDocument(last, rules), cancel)) return false;
        // Who removes rules need not want to have those that are left.
        if (isNew && before.ActiveScript is null) await scripts.ActivateAsync(owner, ScriptName, cancel);
        return true;
    }

    private async ValueTask CheckAsync(AccountId account, MailRule rule, CancellationToken cancel)
    {
        RuleCheck.Check(rule);
        for (var i = 0; i < rule.Actions.Count; i++)
            if (rule.Actions[i].Address is { } address && !await directory.MaySendOnAsync(account, address, cancel))
                throw new RuleRefusedException(RuleRefusal.NotConfirmed, ScriptText.NotConfirmed.With(address), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"actions/{i}/address"));
    }

    /// <summary>False: the script is not as it was any more.</summary>
    private async ValueTask<bool> TryWriteAsync(SettingScope owner, AccountId account, StoredScript? script, RuleDocument document, CancellationToken cancel)
    {
        try
        {
            await StoreAsync(owner, account, script, document, cancel);
            return true;
        }
        catch (ScriptRefusedException e) when (e.Reason is ScriptRefusal.TooLarge or ScriptRefusal.OverQuota or ScriptRefusal.TooManyScripts)
        {
            throw new RuleRefusedException(RuleRefusal.TooMany, e.Sentence);
        }
        catch (ScriptRefusedException e) when (e.Reason == ScriptRefusal.Invalid)
        {
            throw new RuleRefusedException(RuleRefusal.Invalid, ScriptText.RuleUnwritable.With(e.Errors[0].Sentence));
        }
        catch (ScriptRefusedException e) when (e.Reason is ScriptRefusal.AlreadyExists or ScriptRefusal.NonExistent or ScriptRefusal.Changed)
        {
            return false;
        }
    }

    private async ValueTask StoreAsync(SettingScope owner, AccountId account, StoredScript? script, RuleDocument document, CancellationToken cancel)
    {
        var octets = await ComposeAsync(account, document, cancel);
        if (script is null) await scripts.AddAsync(owner, ScriptName, octets, cancel);
        else await scripts.ReplaceAsync(owner, script, octets, cancel);
    }

    private async ValueTask<byte[]> ComposeAsync(AccountId account, RuleDocument document, CancellationToken cancel) =>
        Encoding.UTF8.GetBytes(RuleScript.Compose(document, await sources.ReadAsync(account, document.Rules, cancel)));

    private static async ValueTask InTurnAsync(AccountId account, Func<Task> run, CancellationToken cancel)
    {
        var gate = gates[(int)((ulong)account.Value % (ulong)gates.Length)];
        await gate.WaitAsync(cancel);
        try
        {
            await run();
        }
        finally
        {
            gate.Release();
        }
    }

    private static List<MailRule> Without(IReadOnlyList<MailRule> rules, string id)
    {
        var others = rules.Where(rule => rule.Id != id).ToList();
        return others.Count < rules.Count ? others : throw new RuleRefusedException(RuleRefusal.NonExistent, ScriptText.NoSuchRule);
    }

    private static string FreeName(ScriptFolder folder)
    {
        for (var number = 2; ; number++)
            if (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ScriptName}-{number}") is var name && folder.Find(name) is null) return name;
    }

    private static RuleRefusedException Edited() => new(RuleRefusal.Edited, ScriptText.EditedByHand.With(ScriptName));
}
