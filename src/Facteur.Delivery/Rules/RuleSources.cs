using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Sieve;
using Facteur.Sieve.Rules;
using Facteur.Storage;

namespace Facteur.Delivery.Rules;

/// <summary>Reads what settings of an account do with its mail.</summary>
internal sealed class RuleSources(MailStore store, RecipientDirectory directory, AccountSettings settings)
{
    // A language has a sentence of its own for a reply that says nothing.
    private static readonly string[] names = ["forward", "vacation", "locale", FilterPreferences.Document];

    private readonly BlockedSenders blocked = new(store.Settings);

    public static bool Has(string setting) => Array.IndexOf(names, setting) >= 0;

    /// <param name="rules">Whose addresses are looked up.</param>
    public async ValueTask<RuleSettings> ReadAsync(AccountId account, IReadOnlyList<MailRule> rules, CancellationToken cancel)
    {
        var vacation = await settings.VacationAsync(account, cancel);
        return new RuleSettings
        {
            Forward = await settings.ForwardAsync(account, cancel),
            Vacation = vacation,
            Away = vacation is { Text.Length: 0, Html: null } ? await AwayAsync(account, cancel) : "",
            Blocked = await blocked.ListAsync(account, cancel),
            MaySendTo = (await AllowedAsync(account, rules, cancel)).Contains,
        };
    }

    /// <summary>Mailboxes that are there are named by their ids as well, so that a rule finds them under another name.</summary>
    public async ValueTask<MailRule> BindAsync(AccountId account, MailRule rule, CancellationToken cancel)
    {
        var actions = rule.Actions.ToList();
        for (var i = 0; i < actions.Count; i++)
            if (actions[i] is { MailboxId: null, Mailbox: { } name } && MailboxName.TryNormalize(name, out var normal) && await store.FindMailboxAsync(account, normal, cancel) is { } mailbox)
                actions[i] = actions[i] with { MailboxId = ScriptMailboxes.JmapIdOf(mailbox.Id) };
        return rule with { Actions = actions };
    }

    private async ValueTask<HashSet<string>> AllowedAsync(AccountId account, IReadOnlyList<MailRule> rules, CancellationToken cancel)
    {
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var address in rules.SelectMany(rule => rule.Actions).Select(action => action.Address).OfType<string>().Distinct(StringComparer.Ordinal))
            if (await directory.MaySendOnAsync(account, address, cancel)) allowed.Add(address);
        return allowed;
    }

    private async ValueTask<string> AwayAsync(AccountId account, CancellationToken cancel) =>
        await store.Directory.GetAccountAsync(account, cancel) is { } record ? ReportWords.For(await settings.LocaleAsync(record, cancel)).Away : ReportWords.For("en").Away;
}
