using System.Globalization;
using Facteur.Accounts;
using Facteur.Pop3.Maildrops;
using Facteur.Storage;

namespace Facteur.Pop3;

/// <summary>
/// When messages were fetched, for accounts that want them off the server some days later. A session that ended by QUIT writes one record of the
/// emails it fetched first; what was fetched without QUIT does not count, since the client may not have it. Learnt state: when a record
/// is lost, messages stay. A message leaves only from the mailboxes that POP3 shows: what was filed elsewhere is kept.
/// </summary>
internal sealed class DownloadLog(MailStore store, TimeProvider time)
{
    public const string Spaces = "pop:";

    /// <summary>How long a record is kept past its day, in case the setting grows.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(60);

    /// <summary>Emails of one record: at most ten octets each.</summary>
    private const int MostEmails = 100_000;

    private const int MostRecords = 10_000;

    public static string SpaceOf(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"{Spaces}{account.Value}");

    /// <summary>Records what a session fetched, before it answers QUIT.</summary>
    public async ValueTask RecordAsync(Maildrop maildrop, int days, CancellationToken cancel)
    {
        var space = SpaceOf(maildrop.Account.Id);
        var known = new HashSet<long>();
        foreach (var record in await store.State.ListAsync(space, "", null, MostRecords, cancel)) known.UnionWith(EmailList.Read(record.Value));
        var emails = new List<long>();
        for (var number = 1; number <= maildrop.Messages; number++)
        {
            if (!maildrop.FetchedNumbers[number] || maildrop.DeletedNumbers[number]) continue;
            if (maildrop.Find(number, out _).Email.Value is var email && known.Add(email)) emails.Add(email);
        }
        emails.Sort();
        var now = time.GetUtcNow();
        var records = emails.Chunk(MostEmails).Select(chunk => new StateEntry(
            KeyOf(now), now.ToUnixTimeMilliseconds(), chunk.Length, EmailList.Write(chunk), now + TimeSpan.FromDays(days) + Grace)).ToList();
        if (records.Count > 0) await store.State.SetAsync(space, records, cancel);
    }

    /// <summary>Removes messages whose day has come.</summary>
    /// <param name="most">Messages at once.</param>
    /// <returns>The emails that were removed.</returns>
    public async ValueTask<IReadOnlyList<EmailId>> ExpireAsync(AccountRecord account, PopSetting setting, int most, CancellationToken cancel)
    {
        if (setting.DeleteAfterDays is not { } days) return [];
        var space = SpaceOf(account.Id);
        var due = (time.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        var removed = new List<EmailId>();
        Maildrop? maildrop = null;
        // Keys are in the order of time: the first that is not due ends it.
        while (removed.Count < most && await store.State.ListAsync(space, "", null, 1, cancel) is [var record] && record.First <= due)
        {
            if (maildrop is null)
            {
                maildrop = await Maildrop.OpenAsync(store, new MaildropCache(0), account, setting, cancel);
                await maildrop.LoadAsync(cancel);
            }
            var emails = EmailList.Read(record.Value).ToHashSet();
            foreach (var part in maildrop.Parts) await RemoveAsync(part, emails, most - removed.Count, removed, cancel);
            if (removed.Count < most) await store.State.RemoveAsync(space, record.Key, cancel);
        }
        return removed;
    }

    private async ValueTask RemoveAsync(MaildropPart part, HashSet<long> emails, int most, List<EmailId> removed, CancellationToken cancel)
    {
        var wanted = new Dictionary<Uid, EmailId>();
        foreach (ref readonly var entry in part.Entries)
            if (wanted.Count < most && emails.Contains(entry.Email.Value)) wanted.Add(entry.Uid, entry.Email);
        if (wanted.Count == 0) return;
        var result = await store.ExpungeAsync(part.Mailbox.Id, [.. wanted.Keys.Order().Select(uid => new UidRange(uid.Value, uid.Value))], onlyDeleted: false, cancel);
        removed.AddRange(result.Removed.Select(uid => wanted[uid]));
    }

    private static string KeyOf(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():D15}.{Guid.NewGuid():N}");
}
