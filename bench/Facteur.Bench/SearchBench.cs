using BenchmarkDotNet.Attributes;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Searching;

namespace Facteur.Bench;

/// <summary>What Email/query does with an account of 100,000 emails in memory: the first screen, and whole results.</summary>
[MemoryDiagnoser]
public class SearchBench
{
    private const int Count = 100_000;

    private readonly AccountSnapshot snapshot = Make();
    private readonly SearchCondition inbox = new MailboxCondition(new MailboxId(1));
    private readonly SearchCondition unread = AndCondition.Of([new MailboxCondition(new MailboxId(1)), NotCondition.Of(FlagCondition.Seen)]);

    /// <summary>inMailbox, newest first, collapsed, 50.</summary>
    [Benchmark]
    public int FirstScreen() => Search(inbox, collapse: true).ChooseFirst(50, default).Length;

    /// <summary>Unread ones only: rare, so the pass does not end early.</summary>
    [Benchmark]
    public int FirstScreenOfUnread() => Search(unread, collapse: true).ChooseFirst(50, default).Length;

    [Benchmark]
    public async Task<int> WholeInbox() => (await Search(inbox, collapse: false).RunAsync(default)).Length;

    [Benchmark]
    public async Task<int> WholeInboxCollapsed() => (await Search(inbox, collapse: true).RunAsync(default)).Length;

    private AccountSearch Search(SearchCondition condition, bool collapse) => new(null!, snapshot, condition, EmailOrder.NewestFirst, collapse, DateTimeOffset.UnixEpoch);

    /// <summary>As mail arrives: mostly in order, conversations of three, one in fifty unread.</summary>
    internal static AccountSnapshot Make()
    {
        var random = new Random(1);
        var rows = new EmailRow[Count];
        for (var i = 0; i < Count; i++)
            rows[i] = new EmailRow
            {
                Id = new EmailId(i + 1), Thread = new ThreadId(Math.Max(1, i - random.Next(3)) + 1), Created = new ModSeq(i + 1), Changed = new ModSeq(i + 1),
                ReceivedAt = 1_600_000_000_000 + i * 60_000L + random.Next(300_000), Size = 1_000 + random.Next(100_000), HasAttachment = random.Next(5) == 0,
                Body = new BodyReference(i + 1, 1_000), First = new EmailPlace(new MailboxId(random.Next(10) == 0 ? 2 : 1), new Uid((uint)i + 1), random.Next(50) == 0 ? MessageFlags.None : MessageFlags.Seen),
            };
        return new EmbeddedAccountSnapshot(new AccountId(1), new ModSeq(Count), [], null)
        {
            Emails = ChunkList<EmailRow, ByEmail>.Of(rows), Hidden = ChunkList<EmailRow, ByEmail>.Empty, Links = ChunkList<ThreadLink, ByThread>.Empty,
        };
    }
}
