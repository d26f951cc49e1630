using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    /// <summary>
    /// Random verbs of all protocols on one account. After each, the account by email is what its mailboxes show, its counts are those of a
    /// count of all, and what changed since any older state makes that state the present one. The check of the store compares what was
    /// folded with what is read anew.
    /// </summary>
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task An_account_by_email_follows_every_verb(int seed)
    {
        var random = new Random(seed);
        var account = (await AddAccountAsync()).Id;
        var states = new List<AccountSnapshot> { await AccountAsync(account) };
        for (var step = 0; step < 110; step++)
        {
            for (var verbs = random.Next(1, 4); verbs > 0; verbs--) await VerbAsync(random, account, states[^1]);
            if (random.Next(40) == 0) await RestartAsync();
            var now = await AccountAsync(account);
            await AssertIsWhatMailboxesShowAsync(now);
            AssertCountsAreThoseOf(now);
            foreach (var older in states.Where(_ => random.Next(4) == 0).Append(states[^1])) await AssertChangesLeadAsync(older, now);
            if (step % 10 == 0) Assert.Empty(await Store.CheckConsistencyAsync(default));
            states.Add(now);
        }
    }

    private async Task VerbAsync(Random random, AccountId account, AccountSnapshot known)
    {
        var mailboxes = (await Store.ListMailboxesAsync(account, default)).Where(one => one.Selectable).ToArray();
        var (at, to) = (mailboxes[random.Next(mailboxes.Length)], mailboxes[random.Next(mailboxes.Length)]);
        var low = (uint)random.Next(1, (int)at.UidNext + 1);
        UidRange[] some = [new(low, low + (uint)random.Next(5))];
        var flags = random.Next(3) switch
        {
            0 => new FlagSet(MessageFlags.Seen, []),
            1 => new FlagSet(MessageFlags.Deleted, []),
            _ => new FlagSet(MessageFlags.None, [$"k{random.Next(5)}"]),
        };
        switch (random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                var references = random.Next(2) == 0 ? $"<m{random.Next(30)}@demo.test>" : null;
                await AddAsync(at, Message(id: $"m{random.Next(30)}", references: references), random.Next(2) == 0 ? MessageFlags.Seen : default);
                break;
            case 4:
                await Store.CopyAsync(at.Id, some, to.Id, default);
                break;
            case 5:
                await Store.MoveAsync(at.Id, some, to.Id, default);
                break;
            case 6 or 7:
                await Store.StoreFlagsAsync(at.Id, some, (FlagChange)random.Next(3), flags, null, default);
                break;
            case 8:
                await Store.ExpungeAsync(at.Id, random.Next(2) == 0 ? All : some, onlyDeleted: true, default);
                break;
            case 9:
                await Store.ExpungeAsync(at.Id, some, onlyDeleted: false, default);
                break;
            case 10:
                await MailboxVerbAsync(random, account, at);
                break;
            case 11:
                Time.Advance(TimeSpan.FromDays(random.Next(20)));
                await PurgeAsync();
                break;
            default:
                await UpdateAsync(account, [.. Enumerable.Range(0, 3).Select(_ => RandomUpdate(random, known, flags, at.Id, to.Id))]);
                break;
        }
    }

    private async Task MailboxVerbAsync(Random random, AccountId account, Mailbox at)
    {
        var name = $"{(random.Next(3) == 0 ? "INBOX/" : "")}d{random.Next(6)}{(random.Next(3) == 0 ? "/b" : "")}";
        try
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    await Store.CreateMailboxAsync(account, name, MailboxRole.None, default);
                    break;
                case 2:
                    await Store.RenameMailboxAsync(account, at.Name, name, default);
                    break;
                case 3:
                    await Store.DeleteMailboxAsync(at.Id, default);
                    break;
                default:
                    await Store.Emails.UpdateMailboxAsync(at.Id, new MailboxUpdate { Role = (MailboxRole)random.Next(10), SortOrder = random.Next(3), Subscribed = random.Next(2) == 0 }, default);
                    break;
            }
        }
        catch (StoreRefusedException)
        {
            // INBOX cannot be deleted, and the like.
        }
    }

    private static EmailUpdate RandomUpdate(Random random, AccountSnapshot known, FlagSet flags, MailboxId at, MailboxId to)
    {
        if (known.Count == 0) return new EmailUpdate(new EmailId(1));
        var chunk = known.Chunk(random.Next(known.ChunkCount));
        var update = new EmailUpdate(chunk[random.Next(chunk.Length)].Id);
        return random.Next(6) switch
        {
            0 => update with { Destroy = true },
            1 => update with { ReplaceMailboxes = [at, to] },
            2 => update with { AddTo = [at], RemoveFrom = [to] },
            3 => update with { Replace = flags, AddTo = [to] },
            4 => update with { Remove = flags },
            _ => update with { Add = flags },
        };
    }

    private async Task AssertIsWhatMailboxesShowAsync(AccountSnapshot account)
    {
        var expected = new SortedSet<(long Email, long Mailbox, uint Uid, string Keywords)>();
        var mailboxes = await Store.ListMailboxesAsync(account.Account, default);
        Assert.Equal(mailboxes, account.Mailboxes.Select(one => one.Mailbox));
        foreach (var mailbox in mailboxes.Where(one => one.Selectable))
        {
            var snapshot = await LookAsync(mailbox.Id);
            for (var i = 0; i < snapshot.Count; i++)
                if (!snapshot[i].Flags.Has(MessageFlags.Deleted))
                    expected.Add((snapshot[i].Email.Value, mailbox.Id.Value, snapshot[i].Uid.Value, NamesOf(snapshot[i].Flags, snapshot.Keywords)));
        }
        var shown = new SortedSet<(long, long, uint, string)>();
        foreach (var row in RowsOf(account))
            for (var i = 0; i < row.PlaceCount; i++)
                shown.Add((row.Id.Value, row.Place(i).Mailbox.Value, row.Place(i).Uid.Value, NamesOf(row.Place(i).Flags, account.FindMailbox(row.Place(i).Mailbox)!.Keywords)));
        Assert.Equal(expected, shown);
        Assert.Equal(expected.Select(one => one.Email).Distinct().Count(), account.Count);
    }

    private static string NamesOf(MessageFlags flags, KeywordTable keywords) =>
        (flags.Bits & 31) + " " + string.Join(" ", keywords.Names.Where((name, bit) => flags.Has(MessageFlags.Keyword(bit))).Order(StringComparer.Ordinal));

    private static List<EmailRow> RowsOf(AccountSnapshot account)
    {
        var rows = new List<EmailRow>();
        for (var i = 0; i < account.ChunkCount; i++) rows.AddRange(account.Chunk(i));
        return rows;
    }

    // RFC 8621 §2, word for word.
    private static void AssertCountsAreThoseOf(AccountSnapshot account)
    {
        var rows = RowsOf(account);
        var trash = account.Mailboxes.FirstOrDefault(one => one.Mailbox.Role == MailboxRole.Trash)?.Id;
        foreach (var thread in rows.GroupBy(row => row.Thread))
            Assert.Equal(thread.OrderBy(row => row.ReceivedAt).ThenBy(row => row.Id.Value).Select(row => row.Id), account.Thread(thread.Key).Select(row => row.Id));
        foreach (var mailbox in account.Mailboxes)
        {
            var here = rows.Where(row => row.IsIn(mailbox.Id)).ToList();
            var unread = rows.Where(row => !account.HasKeyword(row, "$seen") && !account.HasKeyword(row, "$draft")).ToList();
            var ofThreads = unread.Where(row => mailbox.Id == trash
                ? row.IsIn(trash.Value)
                : Enumerable.Range(0, row.PlaceCount).Any(i => row.Place(i).Mailbox != trash)).Select(row => row.Thread).ToHashSet();
            var threads = here.Select(row => row.Thread).ToHashSet();
            Assert.Equal(
                (here.Count, unread.Count(row => row.IsIn(mailbox.Id)), threads.Count, threads.Count(ofThreads.Contains)),
                (mailbox.TotalEmails, mailbox.UnreadEmails, mailbox.TotalThreads, mailbox.UnreadThreads));
        }
    }

    private async Task AssertChangesLeadAsync(AccountSnapshot older, AccountSnapshot now)
    {
        if (await Store.Emails.ChangesSinceAsync(older.Account, older.ModSeq, default) is not { } changes) return; // too long ago
        var ids = RowsOf(older).Select(row => row.Id).ToHashSet();
        foreach (var change in changes.Emails)
        {
            if (change.Kind == ChangeKind.Destroyed) ids.Remove(change.Email);
            else ids.Add(change.Email);
            Assert.True(change.ModSeq.CompareTo(older.ModSeq) > 0 && change.ModSeq.CompareTo(now.ModSeq) <= 0);
        }
        Assert.True(ids.SetEquals(RowsOf(now).Select(row => row.Id)));
        var told = changes.Emails.Select(change => change.Email).ToHashSet();
        Assert.All(RowsOf(now), row => Assert.True(told.Contains(row.Id) || (older.TryFind(row.Id, out var before) && Shown(older, before) == Shown(now, row))));
        AssertMailboxChanges(older, now, changes.Mailboxes);
    }

    private static string Shown(AccountSnapshot account, in EmailRow row)
    {
        var places = new List<MailboxId>();
        for (var i = 0; i < row.PlaceCount; i++) places.Add(row.Place(i).Mailbox);
        return string.Join(" ", places.Distinct().Select(mailbox => mailbox.Value)) + ":" + string.Join(" ", account.KeywordsOf(row).Order(StringComparer.Ordinal));
    }

    private static void AssertMailboxChanges(AccountSnapshot older, AccountSnapshot now, IReadOnlyList<MailboxChange> changes)
    {
        var ids = older.Mailboxes.Select(one => one.Id).ToHashSet();
        foreach (var change in changes)
        {
            if (change.Kind == ChangeKind.Destroyed) Assert.True(ids.Remove(change.Mailbox));
            else Assert.Equal(change.Kind == ChangeKind.Created, ids.Add(change.Mailbox));
        }
        Assert.True(ids.SetEquals(now.Mailboxes.Select(one => one.Id)));
        var told = changes.ToDictionary(change => change.Mailbox);
        foreach (var mailbox in now.Mailboxes)
        {
            if (older.FindMailbox(mailbox.Id) is not { } before) continue;
            var sameCounts = (before.TotalEmails, before.UnreadEmails, before.TotalThreads, before.UnreadThreads)
                == (mailbox.TotalEmails, mailbox.UnreadEmails, mailbox.TotalThreads, mailbox.UnreadThreads);
            var (a, b) = (before.Mailbox, mailbox.Mailbox);
            var sameProperties = (a.Name, a.Role, a.SortOrder, a.Color, a.Subscribed) == (b.Name, b.Role, b.SortOrder, b.Color, b.Subscribed);
            if (!sameCounts || !sameProperties) Assert.True(told.ContainsKey(mailbox.Id), $"{mailbox.Mailbox.Name} changed, and nobody was told");
            if (!sameProperties) Assert.False(told[mailbox.Id].OnlyCounts);
        }
    }

    [Fact]
    public async Task Whoever_was_answered_sees_it_while_others_write()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < 15; n++)
            {
                var entry = await AddAsync(inbox, Message(id: $"{writer}.{n}"));
                var state = (await AccountAsync(account)).ModSeq;
                Assert.True((await AccountAsync(account)).TryFind(entry.Email, out _));
                await UpdateAsync(account, new EmailUpdate(entry.Email) { ReplaceMailboxes = [archive.Id], Add = new FlagSet(MessageFlags.Seen, []) });
                Assert.Equal("Archive", Where(await AccountAsync(account), entry.Email));
                Assert.Contains((await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails, change => change.Email == entry.Email);
            }
        })));
        Assert.Equal((60, 0, 60, 0), Counts(await AccountAsync(account), archive));
    }
}
