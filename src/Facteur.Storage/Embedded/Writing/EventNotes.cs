using System.Globalization;
using System.Text;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Gathers what a verb does in mailboxes where a script is bound, and writes it as events of the verb's commit.</summary>
/// <param name="person">Who asked for the verb; null: the server itself, whose doings are no events.</param>
internal sealed class EventNotes(WriteSession session, AccountId? person)
{
    /// <summary>Of one row: a step of it is written anew with each message.</summary>
    private const int MaxUids = 1_000;

    private Dictionary<(MailboxState Mailbox, MailboxCause Cause, MessageFlags Flags), List<uint>>? notes;
    private Dictionary<MailboxState, bool>? bound;

    public void Appended(MailboxState mailbox, Uid uid) => Note(mailbox, MailboxCause.Append, default, uid);

    public void Copied(MailboxState mailbox, Uid uid) => Note(mailbox, MailboxCause.Copy, default, uid);

    /// <summary>Who asked.</summary>
    public AccountId? Person => person;

    public void Flagged(MailboxState mailbox, Uid uid, MessageFlags before, MessageFlags after)
    {
        if (before != after) Note(mailbox, MailboxCause.Flag, new MessageFlags(before.Bits ^ after.Bits), uid);
    }

    public void Write()
    {
        if (notes is null) return;
        foreach (var ((mailbox, cause, flags), uids) in notes)
        {
            uids.Sort();
            foreach (var chunk in uids.Chunk(MaxUids))
                if (EventRows.Count(session, mailbox.Account.Id) < MailboxEventStore.MaxWaiting) Insert(mailbox, cause, flags, chunk);
        }
        notes = null;
        session.EventsAdded();
    }

    private void Note(MailboxState mailbox, MailboxCause cause, MessageFlags flags, Uid uid)
    {
        if (person is null || !session.IsScripted(mailbox.Account.Id)) return;
        bound ??= [];
        if (!bound.TryGetValue(mailbox, out var isBound)) bound.Add(mailbox, isBound = EventRows.IsBound(session, mailbox));
        if (!isBound) return;
        notes ??= [];
        if (!notes.TryGetValue((mailbox, cause, flags), out var uids)) notes.Add((mailbox, cause, flags), uids = []);
        uids.Add(uid.Value);
    }

    private void Insert(MailboxState mailbox, MailboxCause cause, MessageFlags flags, uint[] uids) =>
        session.Database.Get("INSERT INTO mailbox_event (account, mailbox, cause, person, at, flags, uids, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
            .Bind(1, mailbox.Account.Id.Value).Bind(2, mailbox.Id.Value).Bind(3, (int)cause).Bind(4, person!.Value.Value).Bind(5, session.Now)
            .Bind(6, Names(mailbox, flags)).Bind(7, Ranges(uids)).Bind(8, uids[^1]).Run();

    private string Names(MailboxState mailbox, MessageFlags flags)
    {
        if (flags == MessageFlags.None) return "";
        var names = flags.SystemNames();
        Keywords.AddNames(session, mailbox, flags, names);
        return string.Join(' ', names);
    }

    private static string Ranges(uint[] uids)
    {
        var ranges = new List<UidRange>();
        foreach (var uid in uids) UidRanges.Append(ranges, uid, uid);
        var text = new StringBuilder();
        foreach (var range in ranges)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{range.First}");
            if (range.Last > range.First) text.Append(CultureInfo.InvariantCulture, $":{range.Last}");
        }
        return text.ToString();
    }
}
