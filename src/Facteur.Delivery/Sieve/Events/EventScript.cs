using System.Text;
using Facteur.Delivery.Receiving;
using Facteur.Sieve;
using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Delivery.Sieve.Events;

/// <summary>The script to run for an event of a mailbox, and what it can ask about it.</summary>
internal sealed record EventScript(AccountRecord Account, Mailbox Mailbox, ScriptStep Step, SieveImapEvent Happened)
{
    private static readonly Dictionary<MailboxCause, string> causes = new()
    {
        [MailboxCause.Append] = "APPEND", [MailboxCause.Copy] = "COPY", [MailboxCause.Flag] = "FLAG",
    };

    /// <summary>As it is bound now. Null when none is, when the account has no script of that name (RFC 6785 §2.3.1), or when account or mailbox are gone.</summary>
    public static async ValueTask<EventScript?> FindAsync(DeliveryServices services, MailboxEvent one, CancellationToken cancel)
    {
        var store = services.Store;
        if (await store.Directory.GetAccountAsync(one.Account, cancel) is not { Enabled: true } account) return null;
        var mailbox = (await store.ListMailboxesAsync(one.Account, cancel)).FirstOrDefault(mailbox => mailbox.Id == one.Mailbox);
        if (mailbox is null || await BoundAsync(store.Annotations, one, cancel) is not { Length: > 0 } name) return null;
        var (owner, scripts) = (SettingScope.Of(one.Account), services.Sieve.Scripts);
        if ((await scripts.ListAsync(owner, cancel)).Find(name) is not { } script || await scripts.CompileAsync(owner, script, cancel) is not { } compilation) return null;
        // Who did it may be a member of a shared account, and may be gone since.
        var person = one.Person == one.Account ? account : await store.Directory.GetAccountAsync(one.Person, cancel);
        var address = person?.Address ?? "";
        return new EventScript(account, mailbox, new ScriptStep(owner, script, compilation), new SieveImapEvent(causes[one.Cause], mailbox.Name, one.ChangedFlags, address, address));
    }

    // RFC 6785 §2.3.1: the entry of the mailbox, whatever it says; only without one that of the account.
    private static async ValueTask<string> BoundAsync(AnnotationStore annotations, MailboxEvent one, CancellationToken cancel)
    {
        var query = new AnnotationQuery([AnnotationStore.ScriptName]);
        foreach (var mailbox in (MailboxId?[])[one.Mailbox, null])
            if (await annotations.ReadAsync(new AnnotationPlace(one.Account, mailbox), one.Account, query, cancel) is [{ Value: { } value }]) return Encoding.UTF8.GetString(value.Span);
        return "";
    }
}
