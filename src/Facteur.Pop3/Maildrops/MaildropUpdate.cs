using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// The UPDATE state (RFC 1939 §6): removes what is marked, then does with what was fetched whole what the account wants: mark as read, archive,
/// delete (RFC 2449 §6.7 calls the last an implicit DELE). Only QUIT leads here. In steps of a thousand messages: others write meanwhile.
/// </summary>
internal static class MaildropUpdate
{
    private const int Step = 1000;

    /// <returns>False: some of it could not be done; what is not done is left as it was.</returns>
    public static async ValueTask<bool> RunAsync(Pop3Session session, CancellationToken cancel)
    {
        var maildrop = session.Maildrop;
        if (maildrop.DeletedNumbers.Count + maildrop.FetchedNumbers.Count == 0) return true;
        try
        {
            await RemoveAsync(session, maildrop, maildrop.DeletedNumbers, except: null, cancel);
            await AfterDownloadAsync(session, maildrop, cancel);
            return true;
        }
        catch (Exception e) when (e is StoreRefusedException or StoreFullException or StoreFailedException)
        {
            session.UpdateFailed(e);
            return false;
        }
    }

    private static async ValueTask AfterDownloadAsync(Pop3Session session, Maildrop maildrop, CancellationToken cancel)
    {
        var (fetched, setting, store) = (maildrop.FetchedNumbers, maildrop.Setting, session.Services.Store);
        if (fetched.Count == 0) return;
        if (setting.AfterDownload == PopAfterDownload.Delete || setting.DeleteAfterDays == 0)
        {
            await RemoveAsync(session, maildrop, fetched, maildrop.DeletedNumbers, cancel);
            return;
        }
        if (setting.DeleteAfterDays is { } days) await session.Services.Downloads.RecordAsync(maildrop, days, cancel);
        var archive = setting.AfterDownload == PopAfterDownload.Archive ? await ArchiveAsync(store, maildrop.Account.Id, cancel) : (MailboxId?)null;
        foreach (var (part, batch) in Batches(maildrop, fetched, maildrop.DeletedNumbers))
        {
            if (setting.AfterDownload == PopAfterDownload.MarkRead)
                await store.StoreFlagsAsync(part.Mailbox.Id, Ranges(batch), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, cancel);
            else if (archive is { } target && target != part.Mailbox.Id)
                await store.MoveAsync(part.Mailbox.Id, Ranges(batch), target, cancel);
        }
    }

    private static async ValueTask RemoveAsync(Pop3Session session, Maildrop maildrop, MessageMarks marks, MessageMarks? except, CancellationToken cancel)
    {
        foreach (var (part, batch) in Batches(maildrop, marks, except))
        {
            var gone = (await session.Services.Store.ExpungeAsync(part.Mailbox.Id, Ranges(batch), onlyDeleted: false, cancel)).Removed.ToHashSet();
            session.Note(TraceKind.Deleted, [.. batch.Where(entry => gone.Contains(entry.Uid)).Select(entry => entry.Email)]);
        }
    }

    private static async ValueTask<MailboxId> ArchiveAsync(MailStore store, AccountId account, CancellationToken cancel)
    {
        foreach (var mailbox in await store.ListMailboxesAsync(account, cancel))
            if (mailbox is { Role: MailboxRole.Archive, Selectable: true }) return mailbox.Id;
        return (await store.FindMailboxAsync(account, "Archive", cancel) ?? await store.CreateMailboxAsync(account, "Archive", MailboxRole.Archive, cancel)).Id;
    }

    /// <summary>Marked messages, mailbox by mailbox, a thousand at a time.</summary>
    private static IEnumerable<(MaildropPart Part, List<MaildropEntry> Batch)> Batches(Maildrop maildrop, MessageMarks marks, MessageMarks? except)
    {
        if (marks.Count == 0) yield break;
        var before = 0;
        foreach (var part in maildrop.Parts)
        {
            var batch = new List<MaildropEntry>();
            for (var at = 0; at < part.Count; at++)
            {
                var number = before + at + 1;
                if (!marks[number] || (except is not null && except[number])) continue;
                batch.Add(part.Entries[at]);
                if (batch.Count < Step) continue;
                yield return (part, batch);
                batch = [];
            }
            if (batch.Count > 0) yield return (part, batch);
            before += part.Count;
        }
    }

    private static List<UidRange> Ranges(List<MaildropEntry> batch)
    {
        var ranges = new List<UidRange>();
        foreach (var entry in batch) UidRanges.Append(ranges, entry.Uid.Value, entry.Uid.Value);
        return ranges;
    }
}
