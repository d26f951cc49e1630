using Facteur.Mail;
using Facteur.Storage.Embedded.Queue;
using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Places messages in mailboxes and in the queue: one blob per message, one email per account, one entry per target.</summary>
/// <param name="releases">What the schedule gave for each delivery that releases recipients; null when none does.</param>
internal sealed class Deliver(IReadOnlyList<Delivery> deliveries, EmbeddedQueue queue, EmbeddedTrace trace, QueueTaking?[]? releases = null)
{
    private readonly TraceRow[][] rows = [.. deliveries.Select(delivery => delivery.Trace.Count == 0 ? [] : delivery.Trace.Select(one => new TraceRow(one)).ToArray())];
    private EventNotes? notes;
    private HashSet<(AccountId Account, ThreadId Thread)>? answered;

    public DeliveryReceipt Run(WriteSession session)
    {
        var plan = Check(session);
        foreach (var delivery in deliveries)
            if (delivery.Step is { } step) EventRows.Take(session, step);
        var modSeqs = new Dictionary<AccountId, ModSeq>();
        var entries = new List<StoredEntry>(plan.Count);
        var queued = new List<QueueId>();
        var submissions = new List<SubmissionId>();
        var next = 0;
        for (var number = 0; number < deliveries.Count; number++)
        {
            var delivery = deliveries[number];
            var intake = (EmbeddedMessage)delivery.Message;
            var emails = new Dictionary<AccountId, (EmailId Email, ThreadId Thread)>(1);
            for (var i = 0; i < delivery.Targets.Count; i++)
            {
                var (target, mailbox, flags) = plan[next++];
                var account = mailbox.Account;
                if (!modSeqs.TryGetValue(account.Id, out var modSeq)) modSeqs.Add(account.Id, modSeq = session.NextModSeq(account));
                var isFirst = !emails.TryGetValue(account.Id, out var email);
                if (isFirst) emails.Add(account.Id, email = AddEmail(session, account, intake, target.InternalDate, modSeq, EntriesOf(plan, next - 1 - i, delivery, account)));
                entries.Add(AddEntry(session, mailbox, target, flags, intake, email.Email, email.Thread, modSeq, isFirst));
                if (delivery.EndsSnoozes && mailbox.Role is not (MailboxRole.Junk or MailboxRole.Trash)) (answered ??= []).Add((account.Id, email.Thread));
                if (delivery.Person is { } person) NotesOf(session, person).Appended(mailbox, entries[^1].Uid);
            }
            var isKept = emails.Count + delivery.Queued.Count > 0 || delivery.Released is not null;
            if (isKept) AddBody(session, intake, emails.Count + delivery.Queued.Count);
            var ids = new QueueId[delivery.Queued.Count];
            for (var i = 0; i < ids.Length; i++) ids[i] = queue.Enqueue(session, delivery.Queued[i], intake.Blob, intake.Length);
            if (releases?[number] is { } claim) queue.Release(session, claim, delivery.Released!);
            if (delivery.Reported.Count > 0) queue.ClearOwed(session, delivery.Reported);
            AddTrace(session, rows[number], delivery, emails, ids);
            if (delivery.Submission is { } draft) submissions.Add(SubmissionRows.Insert(session, draft, ids.Length > 0 ? ids[0] : null));
            queued.AddRange(ids);
            if (isKept) session.AfterCommit.Add(intake.Delivered); // else its octets go when it is disposed
        }
        notes?.Write();
        foreach (var (account, thread) in answered ?? []) Snoozes.EndAll(session, account, thread);
        return new DeliveryReceipt(entries, queued, submissions);
    }

    // Messages of one person are one event of each mailbox.
    private EventNotes NotesOf(WriteSession session, AccountId person)
    {
        if (notes is not null && notes.Person == person) return notes;
        notes?.Write();
        return notes = new EventNotes(session, person);
    }

    private void AddTrace(
        WriteSession session, TraceRow[] events, Delivery delivery, Dictionary<AccountId, (EmailId Email, ThreadId Thread)> emails, QueueId[] queued)
    {
        Dictionary<string, QueueId>? recipients = null;
        foreach (var row in events)
        {
            var (email, queueId) = (row.Email, row.Queue);
            if (row.Kind is TraceKind.Stored or TraceKind.Reported or TraceKind.ReportReceived && row.Account is { } account && emails.TryGetValue(account, out var stored)) email = stored.Email.Value;
            if (row.Kind == TraceKind.Queued && queued.Length > 0)
            {
                recipients ??= RecipientsOf(delivery, queued);
                queueId = (recipients.TryGetValue(row.Recipient, out var id) ? id : queued[0]).Value;
            }
            trace.Insert(session, row, email, queueId);
            if (row.Kind is TraceKind.Reported or TraceKind.ReportReceived && queueId is { } about) SubmissionRows.Move(session, about);
            else if (row.Kind == TraceKind.ReportReceived && row.Account is { } owner) SubmissionRows.MoveAbout(session, owner.Value, row.MessageId);
        }
    }

    private static Dictionary<string, QueueId> RecipientsOf(Delivery delivery, QueueId[] queued)
    {
        var recipients = new Dictionary<string, QueueId>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < queued.Length; i++)
            foreach (var recipient in delivery.Queued[i].Recipients) recipients.TryAdd(TraceRow.Clean(recipient.Address), queued[i]);
        return recipients;
    }

    private static int EntriesOf(List<Placement> plan, int first, Delivery delivery, AccountState account) =>
        plan.GetRange(first, delivery.Targets.Count).Count(placement => placement.Mailbox.Account == account);

    // Everything that can refuse the delivery comes before the first row.
    private List<Placement> Check(WriteSession session)
    {
        var plan = new List<Placement>();
        var octets = new Dictionary<AccountState, long>();
        foreach (var delivery in deliveries)
        {
            if (delivery.Message is not EmbeddedMessage intake) throw new InvalidOperationException("the message is of another store");
            if (delivery.Targets.Count + delivery.Queued.Count + delivery.Trace.Count == 0 && delivery.Released is null) throw new InvalidOperationException("a delivery has at least one target");
            if (delivery.Queued.Any(submission => submission.Recipients.Count == 0)) throw new InvalidOperationException("a message of the queue has at least one recipient");
            intake.Claim();
            RequireBody(session, intake);
            if (delivery.Step is { } step) EventRows.Require(session, step);
            var counted = new HashSet<AccountState>();
            foreach (var target in delivery.Targets)
            {
                var mailbox = session.Mailbox(target.Mailbox);
                if (delivery.IfState is { } state && state.Value != mailbox.Account.ModSeq)
                    throw new StoreRefusedException(StoreRefusal.StateMismatch, "the account is not at this state any more");
                if (counted.Add(mailbox.Account)) octets[mailbox.Account] = octets.GetValueOrDefault(mailbox.Account) + intake.Length;
                plan.Add(new Placement(target, mailbox, default));
            }
        }
        foreach (var (account, more) in octets)
            if (account.Quota is { } limit && account.Octets + more > limit)
                throw new StoreRefusedException(StoreRefusal.OverQuota, "the account has no room for the message");
        for (var i = 0; i < plan.Count; i++)
            plan[i] = plan[i] with { Flags = Keywords.Resolve(session, plan[i].Mailbox, plan[i].Target.Flags, add: true) };
        return plan;
    }

    private static (EmailId, ThreadId) AddEmail(
        WriteSession session, AccountState account, EmbeddedMessage intake, DateTimeOffset received, ModSeq modSeq, int entries)
    {
        var email = new EmailId(session.NextEmail());
        var thread = Threads.Find(session, account.Id, intake.Facts!, email);
        session.Database.Get("""
            INSERT INTO email (id, account, blob, thread, size, received_at, created_modseq, modseq, entries, has_attachment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
            """).Bind(1, email.Value).Bind(2, account.Id.Value).Bind(3, intake.Blob).Bind(4, thread.Value).Bind(5, intake.Length)
            .Bind(6, received.ToUnixTimeMilliseconds()).Bind(7, modSeq.Value).Bind(8, entries).Bind(9, intake.Facts!.HasAttachment ? 1 : 0).Run();
        session.Log(account.Id)?.Created.Add(new EmailRow
        {
            Id = email, Thread = thread, Created = modSeq, Changed = modSeq, ReceivedAt = received.ToUnixTimeMilliseconds(), Size = intake.Length,
            HasAttachment = intake.Facts.HasAttachment, Body = new BodyReference(intake.Blob, intake.Length), First = default,
        });
        session.Received.Add(account.Id);
        account.Messages++;
        account.Octets += intake.Length;
        return (email, thread);
    }

    private static StoredEntry AddEntry(
        WriteSession session, MailboxState mailbox, DeliveryTarget target, MessageFlags flags, EmbeddedMessage intake,
        EmailId email, ThreadId thread, ModSeq modSeq, bool isFirst)
    {
        var uid = Entries.TakeUid(mailbox);
        var row = new EntryRow(uid, email, modSeq, flags, intake.Length, intake.Blob, thread.Value,
            target.InternalDate.ToUnixTimeMilliseconds(), (int)target.InternalDate.Offset.TotalMinutes,
            target.PopUidl ?? (isFirst ? null : CopyUidl.Make(mailbox, email, uid, source: null)));
        Entries.Insert(session, mailbox, row);
        session.Save(mailbox, modSeq);
        var delta = session.Delta(mailbox, modSeq, onlyAdds: true);
        (delta.Added ??= []).Add(row.ToMessageEntry());
        Keywords.Tell(session, mailbox, delta);
        return new StoredEntry(mailbox.Id, mailbox.UidValidity, uid, email, modSeq);
    }

    /// <summary>The body's row with what is known of it; of a message that is in the store, only more references.</summary>
    private static void AddBody(WriteSession session, EmbeddedMessage message, int refs)
    {
        if (message is EmbeddedIntake intake)
        {
            Bodies.Insert(session, intake.Octets, refs);
            AddFacts(session, intake.Blob, intake.Facts!);
        }
        else Bodies.Refer(session, message.Blob, refs);
    }

    private static void RequireBody(WriteSession session, EmbeddedMessage message)
    {
        if (message is EmbeddedIntake || Bodies.Exists(session, message.Blob)) return;
        throw new StoreRefusedException(StoreRefusal.NotPossible, "the message is not in the store any more");
    }

    private static void AddFacts(WriteSession session, long blob, MessageFacts facts) =>
        session.Database.Get("""
            INSERT INTO facts (blob, envelope, body_structure, parts, preview, folded_headers, sent_date, sent_zone, base_subject, message_id,
                subject, header_size, has_attachment)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """).Bind(1, blob).Bind(2, facts.Envelope.Span).Bind(3, facts.BodyStructure.Span).Bind(4, facts.Parts.Span).Bind(5, facts.Preview)
            .Bind(6, facts.FoldedHeaders.Span).Bind(7, facts.SentDate?.ToUnixTimeMilliseconds()).Bind(8, (long?)facts.SentDate?.Offset.TotalMinutes)
            .Bind(9, facts.BaseSubject).Bind(10, facts.MessageId).Bind(11, facts.Subject).Bind(12, facts.HeaderSize)
            .Bind(13, facts.HasAttachment ? 1 : 0).Run();

    private readonly record struct Placement(DeliveryTarget Target, MailboxState Mailbox, MessageFlags Flags);
}
