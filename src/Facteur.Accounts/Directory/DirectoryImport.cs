using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>
/// Brings the directory to what a file says: adds what is not there and changes what differs, and never removes. Done again, it changes nothing.
/// All is looked at before anything is written; when something is refused, nothing is written unless it is told to go on.
/// </summary>
public sealed partial class DirectoryImport(MailStore store, AccountService accounts, SettingDocuments documents)
{
    /// <summary>Accounts written at one time: each waits for the disk, and one commit serves many.</summary>
    private const int Together = 32;

    private readonly DirectoryStore directory = store.Directory;
    private ImportOverlay overlay = new();

    // What the first look refused stays refused: the second must not take a twin for a change.
    private Dictionary<int, ImportEntry> refused = [];

    /// <summary>A step towards what the file says.</summary>
    private sealed record Step(string Detail, Func<CancellationToken, ValueTask<string?>> Run);

    /// <param name="read">Opens the file; called twice when something is written.</param>
    /// <param name="dryRun">Writes nothing.</param>
    /// <param name="keepGoing">Writes the rest when something is refused.</param>
    /// <param name="report">Is told of each item of what is done in the end: of all in a rehearsal, and of those refused when nothing is written for their sake.</param>
    /// <exception cref="AccountRuleException">The file cannot be read; nothing was written.</exception>
    public async ValueTask<ImportSummary> RunAsync(
        Func<IAsyncEnumerable<TreeItem>> read, bool dryRun, bool keepGoing, Func<ImportEntry, ValueTask> report, CancellationToken cancel)
    {
        (overlay, refused) = (new(), []);
        var summary = await PassAsync(read(), write: false, async entry =>
        {
            if (dryRun || (entry.Action == ImportAction.Refused && !keepGoing)) await report(entry);
        }, cancel);
        if (dryRun || (summary.Refused > 0 && !keepGoing)) return summary;
        overlay = new();
        return await PassAsync(read(), write: true, report, cancel);
    }

    private async ValueTask<ImportSummary> PassAsync(IAsyncEnumerable<TreeItem> items, bool write, Func<ImportEntry, ValueTask> report, CancellationToken cancel)
    {
        var counts = new int[4];
        async ValueTask TellAsync(ImportEntry entry)
        {
            counts[(int)entry.Action]++;
            await report(entry);
        }
        var waiting = new List<TreeItem>();
        var aliases = new List<TreeItem>();
        var ordinal = 0;
        await foreach (var one in items.WithCancellation(cancel))
        {
            var item = one with { Ordinal = ++ordinal };
            if (item is TreeAlias)
            {
                aliases.Add(item);
                continue;
            }
            if (write && item is TreeAccount)
            {
                waiting.Add(item);
                if (waiting.Count < Together) continue;
            }
            await TogetherAsync(waiting, TellAsync, cancel);
            if (!(write && item is TreeAccount)) await TellAsync(await DoAsync(item, write, cancel));
        }
        await TogetherAsync(waiting, TellAsync, cancel);
        await AliasesAsync(aliases, write, TellAsync, cancel);
        return new ImportSummary(counts[(int)ImportAction.Added], counts[(int)ImportAction.Changed], counts[(int)ImportAction.Unchanged], counts[(int)ImportAction.Refused], write);
    }

    private async ValueTask TogetherAsync(List<TreeItem> waiting, Func<ImportEntry, ValueTask> tell, CancellationToken cancel)
    {
        if (waiting.Count == 0) return;

        // Where passwords are hashed half of the cores stay with who logs in meanwhile.
        var hashes = waiting.Any(item => item is TreeAccount { Credentials: null });
        var entries = new ImportEntry[waiting.Count];
        await Parallel.ForAsync(0, entries.Length, new ParallelOptions { MaxDegreeOfParallelism = hashes ? Math.Max(1, Environment.ProcessorCount / 2) : Together, CancellationToken = cancel },
            async (i, stop) => entries[i] = await DoAsync(waiting[i], write: true, stop));
        foreach (var entry in entries) await tell(entry);
        waiting.Clear();
    }

    // An alias may lead to one that stands behind it: what is refused is tried again as long as that helps.
    private async ValueTask AliasesAsync(List<TreeItem> aliases, bool write, Func<ImportEntry, ValueTask> tell, CancellationToken cancel)
    {
        for (var left = aliases; left.Count > 0;)
        {
            var again = new List<(TreeItem Item, ImportEntry Entry)>();
            foreach (var item in left)
            {
                var entry = await DoAsync(item, write, cancel);
                if (entry.Action == ImportAction.Refused) again.Add((item, entry));
                else await tell(entry);
            }
            if (again.Count == left.Count)
            {
                foreach (var (item, entry) in again)
                {
                    refused[item.Ordinal] = entry;
                    await tell(entry);
                }
                return;
            }
            left = again.ConvertAll(one => one.Item);
        }
    }

    private async ValueTask<ImportEntry> DoAsync(TreeItem item, bool write, CancellationToken cancel)
    {
        if (write && refused.TryGetValue(item.Ordinal, out var before)) return before;
        var (kind, name) = NameOf(item);
        try
        {
            var (isNew, steps) = await StepsAsync(item, cancel);
            string? password = null;
            if (write)
                foreach (var step in steps)
                    password = await step.Run(cancel) ?? password;
            else Remember(item);
            var action = isNew ? ImportAction.Added : steps.Count > 0 ? ImportAction.Changed : ImportAction.Unchanged;
            return new ImportEntry(item.Line, action, kind, name, [.. steps.Select(step => step.Detail).Where(detail => detail.Length > 0)], password);
        }
        catch (Exception e) when (e is AccountRuleException or StoreRefusedException)
        {
            var entry = new ImportEntry(item.Line, ImportAction.Refused, kind, name, [e.Message]);
            if (!write && item is not TreeAlias) refused[item.Ordinal] = entry;
            return entry;
        }
    }

    private static (string Kind, string Name) NameOf(TreeItem item) => item switch
    {
        TreeSite => ("site", ""),
        TreeDomain domain => ("domain", domain.Name),
        TreeAccount account => ("account", account.Address),
        TreeShare share => ("share", $"{share.Account} with {share.With}"),
        TreeAlias alias => ("alias", alias.Address),
        TreeAnnotations annotations => ("annotations", annotations.Mailbox is null ? annotations.Account : $"{annotations.Account} {annotations.Mailbox}"),
        TreeContacts contacts => ("contacts", contacts.Account),
        _ => ("line", ""),
    };

    private ValueTask<(bool IsNew, List<Step> Steps)> StepsAsync(TreeItem item, CancellationToken cancel) => item switch
    {
        TreeSite site => SiteAsync(site, cancel),
        TreeDomain domain => DomainAsync(domain, cancel),
        TreeAccount account => AccountAsync(account, cancel),
        TreeShare share => ShareAsync(share, cancel),
        TreeAlias alias => AliasAsync(alias, cancel),
        TreeAnnotations annotations => AnnotationsAsync(annotations, cancel),
        TreeContacts contacts => ContactsAsync(contacts, cancel),
        TreeFault fault => throw new AccountRuleException(fault.Reason),
        _ => throw new InvalidOperationException("an item of no kind"),
    };

    private static Step Do(string detail, Func<CancellationToken, ValueTask> run) => new(detail, async cancel =>
    {
        await run(cancel);
        return null;
    });

    private static EmailAddress Parse(string address) =>
        EmailAddress.TryParse(address, out var parsed) ? parsed : throw new AccountRuleException($"\"{address}\" is not an address in full, such as claire@exemple.fr.");

    private static string Domain(string name) => DomainName.Normalize(name) ?? throw new AccountRuleException($"\"{name}\" is not a domain name.");

}
