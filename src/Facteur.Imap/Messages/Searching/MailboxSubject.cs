using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>The messages of the selected mailbox, as the client was told of them.</summary>
internal sealed class MailboxSubject(ImapSession session) : SearchSubject
{
    private readonly Dictionary<string, MessageFlags> keywords = new(StringComparer.Ordinal);
    private MessageEntry entry;
    private EmailReader? email;
    private string? lastKeyword;
    private MessageFlags lastFlag;

    public SelectedMailbox Mailbox { get; } = session.Mailbox;

    public MailboxSnapshot Snapshot { get; } = session.Mailbox.Snapshot;

    public bool IsRecent => Mailbox.IsRecent(session, entry.Uid);

    public override int Count => Snapshot.Count;
    public override EmailId Email => entry.Email;
    public override MessageFlags Flags => entry.Flags;
    public override ModSeq Changed => entry.ModSeq;
    public override long? Size => HasFacts ? email!.Size : null;
    public override long? ReceivedAt => HasFacts ? email!.InternalDate.ToUnixTimeMilliseconds() : null;
    public override ThreadId? Thread => HasFacts ? email!.Thread : null;
    public override DateTimeOffset? InternalDate => email!.InternalDate;
    public override DateTimeOffset? SaveDate => email!.SaveDate;
    public override DateTimeOffset? SentDate => email!.SentDate;
    public override string? MessageId => email!.MessageId;
    public override ReadOnlySpan<byte> FoldedHeaders => email!.FoldedHeaders;
    public override ReadOnlySpan<byte> Parts => email!.Parts;
    public override (BodyReference Body, long HeaderOctets) HeaderPlace => (email!.Body, PartTable.HeaderLength(email.Parts));

    /// <summary>Finds what matches.</summary>
    public static ValueTask<MessageBits> SearchAsync(ImapSession session, SearchCondition condition, CancellationToken cancel) =>
        new MessageSearch(session.Store, condition, new MailboxSubject(session) { Now = session.Time.GetUtcNow() }).RunAsync(cancel);

    public override bool HasKeyword(string keyword)
    {
        if (!ReferenceEquals(keyword, lastKeyword))
        {
            if (!keywords.TryGetValue(keyword, out var flag))
                keywords[keyword] = flag = Snapshot.Keywords.IndexOf(keyword) is var bit and >= 0 ? MessageFlags.Keyword(bit) : MessageFlags.None;
            (lastKeyword, lastFlag) = (keyword, flag);
        }
        return lastFlag != MessageFlags.None && entry.Flags.Has(lastFlag);
    }

    protected override void Move(int place) => entry = Snapshot[place];

    protected override async ValueTask ScanTextAsync(FoldedNeedle needle, bool withHeaders, MessageBits found, CancellationToken cancel)
    {
        foreach (var uid in await session.Store.SearchTextAsync(Mailbox.Id, needle.Text, withHeaders, cancel))
            if (Snapshot.IndexOf(uid) is var place and >= 0) found.Add(place);
    }

    protected override void BeginFacts(MessageBits places, EmailFields fields) =>
        email = session.Store.ReadEmails(Mailbox.Id, Mailbox.Uids(places.Ranges()), fields);

    protected override async ValueTask<int> NextFactsAsync(CancellationToken cancel)
    {
        while (await email!.ReadAsync(cancel))
            if (Snapshot.IndexOf(email.Entry.Uid) is var place and >= 0) return place;
        return -1;
    }

    protected override async ValueTask EndFactsAsync()
    {
        if (email is not null) await email.DisposeAsync();
        email = null;
    }
}
