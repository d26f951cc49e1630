using Facteur.Mail;
using Facteur.Storage.Embedded.Reading;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

// The verbs: names are brought to their form here, the rest is in Writing and Reading.
public sealed partial class EmbeddedStore
{
    public override MessageIntake BeginMessage(long? sizeHint) => new EmbeddedIntake(this, sizeHint);

    public override ValueTask<MessageIntake?> ReopenAsync(BodyReference body, CancellationToken cancel) => StoredMessage.OpenAsync(this, body, cancel);

    public override async ValueTask<DeliveryReceipt> DeliverAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancel)
    {
        if (queue.Claim(deliveries) is not { } releases) return await WriteAsync(new Deliver(deliveries, queue, trace).Run, grows: true, cancel);
        try
        {
            return await WriteAsync(new Deliver(deliveries, queue, trace, releases).Run, grows: true, cancel);
        }
        catch
        {
            queue.Abandon(releases);
            throw;
        }
    }

    public override ValueTask<IReadOnlyList<Mailbox>> ListMailboxesAsync(AccountId account, CancellationToken cancel) =>
        new(Read(reader => MailboxReads.List(reader, account)));

    public override ValueTask<Mailbox?> FindMailboxAsync(AccountId account, string name, CancellationToken cancel) =>
        new(MailboxName.TryNormalize(name, out var normal) ? Read(reader => MailboxReads.Find(reader, account, normal)) : null);

    public override async ValueTask<Mailbox> CreateMailboxAsync(AccountId account, string name, MailboxRole role, CancellationToken cancel)
    {
        var normal = MailboxName.Normalize(name);
        var id = await WriteAsync(session => MailboxVerbs.Create(session, account, normal, role), grows: true, cancel);
        return Read(reader => MailboxReads.Get(reader, id)) ?? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "the mailbox was deleted at once");
    }

    public override async ValueTask DeleteMailboxAsync(MailboxId mailbox, CancellationToken cancel) =>
        await WriteAsync(
            session =>
            {
                MailboxVerbs.Delete(session, mailbox);
                return true;
            },
            grows: false, cancel);

    public override async ValueTask RenameMailboxAsync(AccountId account, string from, string to, CancellationToken cancel)
    {
        var (source, target) = (MailboxName.Normalize(from), MailboxName.Normalize(to));
        await WriteAsync(
            session =>
            {
                MailboxVerbs.Rename(session, account, source, target);
                return true;
            },
            grows: true, cancel);
    }

    public override async ValueTask SetSubscribedAsync(AccountId account, string name, bool subscribed, CancellationToken cancel)
    {
        var normal = MailboxName.Normalize(name);
        await WriteAsync(
            session =>
            {
                MailboxVerbs.Subscribe(session, account, normal, subscribed);
                return true;
            },
            grows: false, cancel);
    }

    public override ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(AccountId account, CancellationToken cancel) =>
        new(Read(reader => MailboxReads.Subscriptions(reader, account)));

    public override ValueTask<Quota> GetQuotaAsync(AccountId account, CancellationToken cancel) => new(Read(reader => MailboxReads.Quota(reader, account)));

    public override ValueTask<AccountModSeqs?> GetModSeqsAsync(AccountId account, CancellationToken cancel) => new(Read(reader => MailboxReads.ModSeqs(reader, account)));

    public override ValueTask<MailboxView> OpenViewAsync(MailboxId mailbox, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(views.Open(mailbox));
    }

    public override EmailReader ReadEmails(MailboxId mailbox, IReadOnlyList<UidRange> uids, EmailFields fields) =>
        new EmbeddedEmailReader(readers, mailbox, uids, fields);

    public override ValueTask<MessageBody?> OpenBodyAsync(BodyReference body, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(BodyReads.Open(readers, Packs, body.Blob));
    }

    public override async ValueTask<IReadOnlyList<Uid>> SearchTextAsync(MailboxId mailbox, string foldedNeedle, bool withHeaders, CancellationToken cancel)
    {
        var snapshot = views.Look(mailbox);
        if (snapshot.Count == 0) return [];
        var account = Read(reader => MailboxReads.Get(reader, mailbox))?.Account
            ?? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
        return await search.FindAsync(account, snapshot, foldedNeedle, withHeaders, cancel);
    }

    public override ValueTask<MailboxChanges> ChangesSinceAsync(MailboxId mailbox, ModSeq since, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var snapshot = views.Look(mailbox);
        var changed = new List<MessageEntry>();
        if (snapshot.HighestModSeq.CompareTo(since) <= 0) return new(new MailboxChanges(changed, [], snapshot.HighestModSeq));
        foreach (var chunk in snapshot.Chunks)
            foreach (var entry in chunk)
                if (entry.ModSeq.CompareTo(since) > 0) changed.Add(entry);
        var vanished = Read(reader => MailboxReads.Vanished(reader, mailbox, since, snapshot.HighestModSeq)) ?? Absent(snapshot);
        return new(new MailboxChanges(changed, vanished, snapshot.HighestModSeq));
    }

    public override async ValueTask<IReadOnlyList<string>> CheckConsistencyAsync(CancellationToken cancel) =>
        [.. Read(reader => ConsistencyCheck.Run(reader, Packs, cancel)), .. await accounts.CheckAsync(cancel), .. await queue.CheckAsync(cancel)];

    public override async ValueTask<FlagResult> StoreFlagsAsync(
        MailboxId mailbox, IReadOnlyList<UidRange> uids, FlagChange change, FlagSet flags, ModSeq? unchangedSince, AccountId? person, CancellationToken cancel) =>
        await WriteAsync(session => StoreFlags.Run(session, mailbox, uids, change, flags, unchangedSince, person), grows: false, cancel);

    public override async ValueTask<ExpungeResult> ExpungeAsync(MailboxId mailbox, IReadOnlyList<UidRange> uids, bool onlyDeleted, CancellationToken cancel) =>
        await WriteAsync(session => Expunge.Run(session, mailbox, uids, onlyDeleted), grows: false, cancel);

    public override ValueTask<CopyResult> CopyAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, AccountId? person, CancellationToken cancel) =>
        TransferAsync(from, uids, to, move: false, person, cancel);

    public override ValueTask<CopyResult> MoveAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, AccountId? person, CancellationToken cancel) =>
        TransferAsync(from, uids, to, move: true, person, cancel);

    private async ValueTask<CopyResult> TransferAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, bool move, AccountId? person, CancellationToken cancel)
    {
        EmailsMoved? moved = null;
        var result = await WriteAsync(
            session =>
            {
                var copied = Transfer.Run(session, from, uids, to, move, person);
                var (source, target) = (session.Mailbox(from), session.Mailbox(to));
                moved = new EmailsMoved(source.Account.Id, from, source.Role, to, target.Role, copied.Copied, !move);
                return copied;
            },
            grows: !move, cancel); // moving to Trash is how people make room
        if (moved is { Emails.Count: > 0 }) Announce([moved]);
        return result;
    }

    /// <summary>Tells of messages that went from one mailbox to another, after the commit.</summary>
    internal void Announce(IReadOnlyList<EmailsMoved> moves)
    {
        foreach (var moved in moves) announcer.Post(() => RaiseEmailsMoved(moved));
    }

    /// <summary>Removes for good what is past its time, in steps, until nothing is left to do now.</summary>
    internal async Task PurgeAsync(CancellationToken cancel)
    {
        while (await WriteAsync(session => Purge.Run(session, Options.Retention), grows: false, cancel))
        {
        }
    }

    // Every UID that is not there: right for whoever asks from before what is remembered (RFC 7162 §3.2.10 allows it).
    private static List<UidRange> Absent(MailboxSnapshot snapshot)
    {
        var absent = new List<UidRange>();
        var next = 1u;
        foreach (var chunk in snapshot.Chunks)
        {
            foreach (var entry in chunk)
            {
                if (entry.Uid.Value > next) absent.Add(new UidRange(next, entry.Uid.Value - 1));
                next = entry.Uid.Value + 1;
            }
        }
        if (next < snapshot.UidNext) absent.Add(new UidRange(next, snapshot.UidNext - 1));
        return absent;
    }
}
