using Facteur.Storage;

namespace Facteur.Tests.Storage;

using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    /// <summary>Random verbs on some mailboxes, and on plain lists that do the same: after each verb both hold the same.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Random_verbs_do_what_a_naive_model_does(int seed)
    {
        var random = new Random(seed);
        var account = (await AddAccountAsync()).Id;
        var model = new Dictionary<MailboxId, ModelMailbox>();
        foreach (var name in new[] { "INBOX", "Archive", "Trash" }) model.Add((await Store.FindMailboxAsync(account, name, default))!.Id, new ModelMailbox());
        var views = new Dictionary<MailboxId, (MailboxView View, MailboxSnapshot Seen)>();
        for (var step = 0; step < 120; step++)
        {
            var ids = model.Keys.ToArray();
            var (at, to) = (ids[random.Next(ids.Length)], ids[random.Next(ids.Length)]);
            await StepAsync(random, model, at, to);
            if (random.Next(60) == 0)
            {
                foreach (var (view, _) in views.Values) view.Dispose();
                views.Clear();
                await RestartAsync();
            }
            if (!views.ContainsKey(at))
            {
                var view = await Store.OpenViewAsync(at, default);
                views.Add(at, (view, await view.RefreshAsync(default)));
            }
            foreach (var id in views.Keys.ToArray())
            {
                var snapshot = await views[id].View.RefreshAsync(default);
                model[id].AssertSame(snapshot, views[id].Seen);
                views[id] = (views[id].View, snapshot);
            }
            var row = (await Store.ListMailboxesAsync(account, default)).Single(mailbox => mailbox.Id == at);
            Assert.Equal(model[at].Entries.Count, row.Messages);
            Assert.Equal(model[at].Next, row.UidNext);
        }
        foreach (var (view, _) in views.Values) view.Dispose();
    }

    private async Task StepAsync(Random random, Dictionary<MailboxId, ModelMailbox> model, MailboxId at, MailboxId to)
    {
        var (from, target) = (model[at], model[to]);
        var low = (uint)random.Next(1, (int)from.Next + 2);
        UidRange[] range = random.Next(4) == 0 ? All : [new(low, low + (uint)random.Next(4))];
        var hit = from.Entries.Where(entry => range.Any(one => entry.Uid >= one.First && entry.Uid <= one.Last)).ToList();
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                var keywords = random.Next(3) == 0 ? new[] { $"k{random.Next(5)}" } : [];
                var entry = await AddAsync(new Mailbox { Id = at, Account = default, Name = "", Role = default, Selectable = true, Subscribed = false, UidValidity = 1, UidNext = 1, HighestModSeq = default, Messages = 0, Unseen = 0, Deleted = 0, Size = 0, DeletedSize = 0 },
                    Message(body: new string('x', random.Next(3) * 10_000)), default, keywords);
                from.Add(entry.Email, [.. keywords]);
                Assert.Equal(from.Entries[^1].Uid, entry.Uid.Value);
                break;
            case 3 or 4:
                var word = random.Next(2) == 0 ? "\\Seen" : $"k{random.Next(5)}";
                var change = (FlagChange)random.Next(3);
                var set = word == "\\Seen" ? new FlagSet(MessageFlags.Seen, []) : new FlagSet(MessageFlags.None, [word]);
                var expected = hit.Where(one => one.Change(change, word)).Select(one => one.Uid).ToList();
                Assert.Equal(expected, (await Store.StoreFlagsAsync(at, range, change, set, null, default)).Changed.Select(one => one.Uid.Value));
                break;
            case 5:
                var copied = await Store.CopyAsync(at, range, to, default);
                foreach (var one in hit) target.Add(one.Email, [.. one.Flags]);
                Assert.Equal(hit.Select(one => one.Uid), copied.Copied.Select(pair => pair.Source.Value));
                break;
            case 6:
                await Store.MoveAsync(at, range, to, default);
                foreach (var one in hit) target.Add(one.Email, [.. one.Flags]);
                from.Entries.RemoveAll(hit.Contains);
                break;
            default:
                Assert.Equal(hit.Select(one => one.Uid), (await Store.ExpungeAsync(at, range, onlyDeleted: false, default)).Removed.Select(uid => uid.Value));
                from.Entries.RemoveAll(hit.Contains);
                break;
        }
    }

    private sealed class ModelMailbox
    {
        public List<ModelEntry> Entries { get; } = [];
        public uint Next { get; private set; } = 1;

        public void Add(EmailId email, HashSet<string> flags) => Entries.Add(new ModelEntry(Next++, email, flags));

        public void AssertSame(MailboxSnapshot now, MailboxSnapshot before)
        {
            Assert.Equal(Entries.Select(entry => (entry.Uid, entry.Email)), Enumerable.Range(0, now.Count).Select(i => (now[i].Uid.Value, now[i].Email)));
            for (var i = 0; i < now.Count; i++)
            {
                var flags = now.Keywords.Names.Where((name, bit) => now[i].Flags.Has(MessageFlags.Keyword(bit))).ToHashSet();
                if (now[i].Flags.Has(MessageFlags.Seen)) flags.Add("\\Seen");
                Assert.Equal(Entries[i].Flags.Order(), flags.Order());
            }
            var (expunged, changed) = (new List<int>(), new List<int>());
            var added = before.Compare(now, expunged, changed);
            Assert.Equal(now.Count, before.Count - expunged.Count + added);
            Assert.All(changed, index => Assert.True(now[index].ModSeq.CompareTo(before.HighestModSeq) > 0));
        }
    }

    private sealed record ModelEntry(uint Uid, EmailId Email, HashSet<string> Flags)
    {
        public bool Change(FlagChange change, string flag)
        {
            if (change == FlagChange.Add) return Flags.Add(flag);
            if (change == FlagChange.Remove) return Flags.Remove(flag);
            if (Flags.SetEquals([flag])) return false;
            Flags.Clear();
            return Flags.Add(flag);
        }

        public bool Equals(ModelEntry? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => (int)Uid;
    }
}
