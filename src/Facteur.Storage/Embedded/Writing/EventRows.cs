using Facteur.Storage.Annotations;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Rows of events that scripts are to run for.</summary>
internal static class EventRows
{
    /// <summary>RFC 6785 §2.3.1: the mailbox's own entry decides, also an empty one, which means no script; without it that of the account.</summary>
    public static bool IsBound(WriteSession session, MailboxState mailbox) =>
        (ScriptOctets(session, mailbox, mailbox.Id) ?? ScriptOctets(session, mailbox, null)) > 0;

    public static long Count(WriteSession session, AccountId account)
    {
        var row = session.Database.Get("SELECT count(*) FROM mailbox_event WHERE account = ?1").Bind(1, account.Value);
        row.Step();
        var count = row.Int64(0);
        row.Reset();
        return count;
    }

    /// <summary>Refuses a step that was done, before anything of its commit is written.</summary>
    public static MailboxState Require(WriteSession session, MailboxEventStep step)
    {
        var row = session.Database.Get("SELECT mailbox, done FROM mailbox_event WHERE id = ?1").Bind(1, step.Event.Value);
        MailboxId? mailbox = row.Step() && row.Int64(1) < step.Uid.Value ? new MailboxId(row.Int64(0)) : null;
        row.Reset();
        return mailbox is { } id ? session.Mailbox(id) : throw new StoreRefusedException(StoreRefusal.StateMismatch, "the script ran for this message already");
    }

    /// <summary>Changes the flags of the message, then notes that the step is done. Only the first may refuse.</summary>
    public static void Take(WriteSession session, MailboxEventStep step)
    {
        var mailbox = Require(session, step);
        UidRange[] message = [new UidRange(step.Uid.Value, step.Uid.Value)];
        if (step.HasFlags) StoreFlags.Run(session, mailbox.Id, message, FlagChange.Add, step.Add, null, person: null);
        if (step.HasFlags) StoreFlags.Run(session, mailbox.Id, message, FlagChange.Remove, step.Remove, null, person: null);
        session.Database.Get("UPDATE mailbox_event SET done = ?2 WHERE id = ?1 AND last > ?2").Bind(1, step.Event.Value).Bind(2, step.Uid.Value).Run();
        session.Database.Get("DELETE FROM mailbox_event WHERE id = ?1 AND last <= ?2").Bind(1, step.Event.Value).Bind(2, step.Uid.Value).Run();
    }

    private static long? ScriptOctets(WriteSession session, MailboxState mailbox, MailboxId? place) =>
        AnnotationVerbs.Octets(session, new AnnotationPlace(mailbox.Account.Id, place), owner: 0, AnnotationStore.ScriptName);
}
