using Facteur.Storage;

namespace Facteur.Tests.Storage;

/// <summary>The snapshot against a plain list.</summary>
public sealed class MailboxSnapshotTests
{
    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(2, 1_000)]
    [InlineData(3, 513)]
    [InlineData(4, 0)]
    public void Compare_says_what_a_naive_comparison_says(int seed, int count)
    {
        var random = new Random(seed);
        var model = new List<MessageEntry>();
        var uid = 1u;
        for (var i = 0; i < count; i++) model.Add(New(ref uid, random, 1));
        var snapshot = new MailboxSnapshotBuilder(new MailboxSnapshot { UidNext = uid }).Fill(model.ToArray());
        var modSeq = 1L;
        for (var round = 0; round < (count > 10_000 ? 6 : 60); round++)
        {
            var (before, old) = (snapshot, model.ToList());
            for (var step = random.Next(1, 5); step > 0; step--) snapshot = Change(snapshot, model, random, ref uid, ++modSeq);
            AssertSame(model, snapshot, random);
            AssertComparison(old, model, before, snapshot);
        }
    }

    [Fact]
    public void A_snapshot_from_a_UID_on_has_the_rest_and_shares_its_chunks()
    {
        var uid = 1u;
        var random = new Random(7);
        var entries = Enumerable.Range(0, 2_000).Select(_ => New(ref uid, random, 1)).ToList();
        var snapshot = new MailboxSnapshotBuilder(new MailboxSnapshot { UidNext = uid }).Fill(entries.ToArray());
        foreach (var first in new uint[] { 0, 1, 2, 511, 512, 513, 1_000, uid - 1, uid, uint.MaxValue })
        {
            var rest = snapshot.From(new Uid(first));
            AssertSame([.. entries.Where(entry => entry.Uid.Value >= first)], rest, random);
            Assert.Equal(uid, rest.UidNext);
            if (rest.Chunks.Length > 1) Assert.Same(snapshot.Chunks[^1], rest.Chunks[^1]);
        }
        Assert.Same(snapshot, snapshot.From(new Uid(1)));
    }

    [Fact]
    public void A_change_of_flags_shares_all_other_chunks()
    {
        var uid = 1u;
        var entries = Enumerable.Range(0, 10_000).Select(_ => New(ref uid, new Random(1), 1)).ToArray();
        var snapshot = new MailboxSnapshotBuilder(new MailboxSnapshot()).Fill(entries);
        var changed = snapshot.WithFlags([entries[5000] with { Flags = MessageFlags.Seen, ModSeq = new ModSeq(9) }, new MessageEntry(new Uid(99_999_999), default, default, default)]);
        Assert.Equal(MessageFlags.Seen, changed[5000].Flags);
        Assert.Equal(entries[5000].Flags, snapshot[5000].Flags);
        Assert.Equal(snapshot.Chunks.Length - 1, Enumerable.Range(0, snapshot.Chunks.Length).Count(i => ReferenceEquals(snapshot.Chunks[i], changed.Chunks[i])));
    }

    private static MailboxSnapshot Change(MailboxSnapshot snapshot, List<MessageEntry> model, Random random, ref uint uid, long modSeq)
    {
        var builder = new MailboxSnapshotBuilder(snapshot);
        switch (random.Next(3))
        {
            case 0:
                for (var n = random.Next(1, 700); n > 0; n--)
                {
                    model.Add(New(ref uid, random, modSeq));
                    builder.Add(model[^1]);
                }
                break;
            case 1:
                var changed = new List<MessageEntry>();
                for (var i = 0; i < model.Count; i++)
                {
                    if (random.Next(model.Count) > 20) continue;
                    model[i] = model[i] with { ModSeq = new ModSeq(modSeq), Flags = new MessageFlags((ulong)random.Next(32)) };
                    changed.Add(model[i]);
                }
                if (random.Next(2) == 0) return snapshot.WithFlags(changed);
                builder.Change(changed);
                break;
            default:
                var from = random.Next(model.Count + 1);
                var dense = random.Next(2) == 0;
                var removed = model.Where((_, i) => dense ? i >= from && i < from + random.Next(2000) : random.Next(model.Count) < 30).Select(entry => entry.Uid).ToList();
                var gone = removed.ToHashSet();
                model.RemoveAll(entry => gone.Contains(entry.Uid));
                builder.Remove(removed);
                break;
        }
        return builder.Build();
    }

    private static MessageEntry New(ref uint uid, Random random, long modSeq)
    {
        var entry = new MessageEntry(new Uid(uid), new EmailId(uid), new ModSeq(modSeq), new MessageFlags((ulong)random.Next(32)));
        uid += (uint)random.Next(1, 3);
        return entry;
    }

    private static void AssertSame(List<MessageEntry> model, MailboxSnapshot snapshot, Random random)
    {
        Assert.Equal(model.Count, snapshot.Count);
        var index = 0;
        foreach (var chunk in snapshot.Chunks)
        {
            Assert.NotEmpty(chunk);
            foreach (var entry in chunk)
                if (entry != model[index++]) Assert.Fail($"entry {index - 1} differs");
        }
        for (var n = 0; n < 50 && model.Count > 0; n++)
        {
            var i = random.Next(model.Count);
            Assert.Equal(model[i], snapshot[i]);
            Assert.Equal(i, snapshot.IndexOf(model[i].Uid));
            var absent = new Uid(model[i].Uid.Value + 1);
            var expected = model.FindIndex(entry => entry.Uid.Value >= absent.Value) is var at && at < 0 ? model.Count : at;
            Assert.Equal(expected < model.Count && model[expected].Uid == absent ? expected : ~expected, snapshot.IndexOf(absent));
        }
    }

    private static void AssertComparison(List<MessageEntry> old, List<MessageEntry> now, MailboxSnapshot before, MailboxSnapshot after)
    {
        var (expunged, changed) = (new List<int>(), new List<int>());
        var added = before.Compare(after, expunged, changed);
        var there = now.ToDictionary(entry => entry.Uid);
        var had = old.ToDictionary(entry => entry.Uid);
        Assert.Equal(Enumerable.Range(0, old.Count).Where(i => !there.ContainsKey(old[i].Uid)), expunged);
        Assert.Equal(Enumerable.Range(0, now.Count).Where(i => had.TryGetValue(now[i].Uid, out var was) && was.ModSeq != now[i].ModSeq), changed);
        Assert.Equal(now.Count(entry => !had.ContainsKey(entry.Uid)), added);
    }
}
