using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Sieve;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>What a script can ask of an account: its mailboxes, its scripts and the site's, its lists, what earlier runs remembered.</summary>
internal sealed class AccountSieveHost(AccountRecord account, MailStore store, SieveScripts scripts, ScriptLists lists, DuplicateMemory duplicates) : SieveHost
{
    private IReadOnlyList<Mailbox>? mailboxes;

    public override async ValueTask<SieveMailbox?> FindMailboxAsync(string name, CancellationToken cancel) =>
        MailboxName.TryNormalize(name, out var normal) && await store.FindMailboxAsync(account.Id, normal, cancel) is { Selectable: true } found ? View(found) : null;

    public override async ValueTask<SieveMailbox?> FindMailboxByIdAsync(string id, CancellationToken cancel) =>
        ScriptMailboxes.ReadId(id) is { } wanted && (await MailboxesAsync(cancel)).FirstOrDefault(mailbox => mailbox.Id == wanted) is { } found ? View(found) : null;

    public override async ValueTask<IReadOnlyList<SieveMailbox>> FindSpecialUseAsync(string attribute, CancellationToken cancel) =>
        ScriptMailboxes.RoleOf(attribute) is { } role ? [.. (await MailboxesAsync(cancel)).Where(mailbox => mailbox.Role == role).Select(View)] : [];

    public override async ValueTask<SieveCompilation?> LoadScriptAsync(SieveScriptLocation location, string name, CancellationToken cancel)
    {
        var owner = location == SieveScriptLocation.Global ? SettingScope.Site : SettingScope.Of(account.Id);
        return (await scripts.ListAsync(owner, cancel)).Find(name) is { } script ? await scripts.CompileAsync(owner, script, cancel) : null;
    }

    public override ValueTask<bool> HasListAsync(string list, CancellationToken cancel) => new(ScriptLists.IsKnown(list));

    public override ValueTask<string?> FindInListAsync(string list, string value, CancellationToken cancel) => lists.FindAsync(account, list, value, cancel);

    public override ValueTask<IReadOnlyList<string>?> ReadListAsync(string list, int max, CancellationToken cancel) => lists.ReadAsync(account, list, max, cancel);

    public override ValueTask<bool> WasSeenAsync(string? handle, string uniqueId, CancellationToken cancel) => duplicates.WasSeenAsync(account.Id, handle, uniqueId, cancel);

    private async ValueTask<IReadOnlyList<Mailbox>> MailboxesAsync(CancellationToken cancel) =>
        mailboxes ??= [.. (await store.ListMailboxesAsync(account.Id, cancel)).Where(mailbox => mailbox.Selectable)];

    private static SieveMailbox View(Mailbox mailbox) =>
        new(mailbox.Name, string.Create(CultureInfo.InvariantCulture, $"F{mailbox.Id.Value}"), ScriptMailboxes.AttributeOf(mailbox.Role) is { } use ? [use] : []);
}
