using System.Collections.Frozen;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Searching;

/// <summary>The emails of an account, ascending by id.</summary>
internal sealed class AccountSubject : SearchSubject
{
    /// <summary>Emails asked about at once whether they are snoozed.</summary>
    private const int SnoozedAtOnce = 1_000;

    private readonly MailStore store;
    private readonly AccountSnapshot snapshot;

    // starts[i]: place of the first email of chunk i; one more element holds the count.
    private readonly int[] starts;
    private readonly Dictionary<string, KeywordTest> keywords = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ThreadKeywords> threads = new(StringComparer.Ordinal);
    private EmailRow row;
    private int chunk;
    private EmailDetailReader? reader;
    private List<EmailId> asked = [];
    private List<int> askedPlaces = [];
    private int nextAsked;

    public AccountSubject(MailStore store, AccountSnapshot snapshot)
    {
        (this.store, this.snapshot) = (store, snapshot);
        starts = new int[snapshot.ChunkCount + 1];
        for (var i = 0; i < snapshot.ChunkCount; i++) starts[i + 1] = starts[i] + snapshot.Chunk(i).Length;
    }

    public AccountSnapshot Snapshot => snapshot;
    public override int Count => starts[^1];
    public ref readonly EmailRow Row => ref row;
    public override EmailId Email => row.Id;
    public override MessageFlags Flags => row.More is null ? row.First.Flags : row.SystemFlags;
    public override ModSeq Changed => row.Changed;
    public override long? Size => row.Size;
    public override long? ReceivedAt => row.ReceivedAt;
    public override ThreadId? Thread => row.Thread;
    public override bool HasAttachment => row.HasAttachment;
    public override DateTimeOffset? InternalDate => DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt);
    public override DateTimeOffset? SaveDate => null; // an email in several mailboxes has several
    public override DateTimeOffset? SentDate => reader!.SentDate;
    public override string? MessageId => reader!.MessageId;
    public override ReadOnlySpan<byte> FoldedHeaders => reader!.FoldedHeaders;
    public override ReadOnlySpan<byte> Parts => reader!.Parts;
    public override (BodyReference Body, long HeaderOctets) HeaderPlace => (reader!.Body, reader.HeaderSize);

    /// <summary>Asks a condition that needs no more than the row, about any email of the account.</summary>
    public bool Matches(SearchCondition condition, in EmailRow email)
    {
        row = email;
        return condition.Match(this) == Verdict.Yes;
    }

    public override bool IsIn(MailboxId mailbox) => row.IsIn(mailbox);

    public override bool IsInOtherThan(FrozenSet<MailboxId> mailboxes)
    {
        for (var i = 0; i < row.PlaceCount; i++)
            if (!mailboxes.Contains(row.Place(i).Mailbox)) return true;
        return false;
    }

    public override bool HasKeyword(string keyword) => Keyword(keyword).IsOn(row);

    public override bool ThreadHas(string keyword, bool all)
    {
        if (!threads.TryGetValue(keyword, out var found)) threads[keyword] = found = new ThreadKeywords(snapshot, Keyword(keyword));
        return all ? !found.Lacking.Contains(row.Thread) : found.Having.Contains(row.Thread);
    }

    /// <param name="name">As JMAP writes it, in lower case; also of system flags.</param>
    public KeywordTest Keyword(string name)
    {
        if (!keywords.TryGetValue(name, out var test)) keywords[name] = test = new KeywordTest(snapshot, name);
        return test;
    }

    protected override void Move(int place)
    {
        if (place < starts[chunk] || place >= starts[chunk + 1]) chunk = ChunkOf(place);
        row = snapshot.Chunk(chunk)[place - starts[chunk]];
    }

    protected internal override async ValueTask ScanTextAsync(FoldedNeedle needle, bool withHeaders, MessageBits found, CancellationToken cancel)
    {
        var emails = await store.Emails.SearchTextAsync(snapshot.Account, needle.Text, withHeaders, cancel);
        var next = 0;
        for (var i = 0; i < snapshot.ChunkCount && next < emails.Count; i++)
        {
            var rows = snapshot.Chunk(i);
            for (var at = 0; at < rows.Length && next < emails.Count; at++)
            {
                while (next < emails.Count && emails[next].Value < rows[at].Id.Value) next++;
                if (next < emails.Count && emails[next] == rows[at].Id) found.Add(starts[i] + at);
            }
        }
    }

    protected internal override async ValueTask ScanSnoozedAsync(MessageBits asked, MessageBits found, CancellationToken cancel)
    {
        var places = new Dictionary<EmailId, int>(SnoozedAtOnce);
        for (var place = asked.Next(0); place >= 0; place = asked.Next(place + 1))
        {
            MoveTo(place);
            places[row.Id] = place;
            if (places.Count == SnoozedAtOnce) await AskAsync();
        }
        if (places.Count > 0) await AskAsync();

        async ValueTask AskAsync()
        {
            foreach (var email in (await store.Snoozes.FindAsync(snapshot.Account, places.Keys, cancel)).Keys) found.Add(places[email]);
            places.Clear();
        }
    }

    protected internal override void BeginFacts(MessageBits places, EmailFields fields)
    {
        (asked, askedPlaces, nextAsked) = ([], [], 0);
        for (var place = places.Next(0); place >= 0; place = places.Next(place + 1))
        {
            Move(place);
            asked.Add(row.Id);
            askedPlaces.Add(place);
        }
        reader = store.Emails.ReadDetails(snapshot.Account, asked, fields);
    }

    protected internal override async ValueTask<int> NextFactsAsync(CancellationToken cancel)
    {
        if (!await reader!.ReadAsync(cancel)) return -1;
        while (asked[nextAsked] != reader.Email) nextAsked++;
        return askedPlaces[nextAsked];
    }

    protected internal override async ValueTask EndFactsAsync()
    {
        if (reader is null) return;
        await reader.DisposeAsync();
        reader = null;
    }

    private int ChunkOf(int place)
    {
        var at = Array.BinarySearch(starts, place);
        return at >= 0 ? at : ~at - 1;
    }
}

/// <summary>Whether emails have a keyword: its bit in each mailbox, found once.</summary>
internal sealed class KeywordTest
{
    private readonly MessageFlags? system;
    private readonly Dictionary<MailboxId, MessageFlags> bits = [];

    public KeywordTest(AccountSnapshot snapshot, string name)
    {
        system = KeywordCondition.SystemFlag(name);
        if (system is not null) return;
        foreach (var mailbox in snapshot.Mailboxes)
            if (mailbox.Keywords.IndexOf(name) is var bit and >= 0) bits[mailbox.Id] = MessageFlags.Keyword(bit);
    }

    public bool IsOn(in EmailRow row)
    {
        if (system is { } flag) return row.SystemFlags.Has(flag);
        if (bits.Count == 0) return false;
        for (var i = 0; i < row.PlaceCount; i++)
        {
            var place = row.Place(i);
            if (bits.TryGetValue(place.Mailbox, out var bit) && place.Flags.Has(bit)) return true;
        }
        return false;
    }
}

/// <summary>Which conversations have a keyword on some email, and which lack it on some.</summary>
internal sealed class ThreadKeywords
{
    public ThreadKeywords(AccountSnapshot snapshot, KeywordTest keyword)
    {
        for (var i = 0; i < snapshot.ChunkCount; i++)
            foreach (ref readonly var row in snapshot.Chunk(i))
                if (keyword.IsOn(row)) Having.Add(row.Thread);
                else Lacking.Add(row.Thread);
    }

    public HashSet<ThreadId> Having { get; } = [];

    public HashSet<ThreadId> Lacking { get; } = [];
}
