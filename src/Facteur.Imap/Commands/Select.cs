using System.Globalization;
using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>SELECT and EXAMINE: opens a mailbox and tells what is in it.</summary>
// RFC 9051 §6.3.2, §6.3.3; CONDSTORE RFC 7162 §3.1.8; RECENT and UNSEEN RFC 3501 §6.3.1; MAILBOXID RFC 8474 §4.2.
internal sealed record Select(string Name, bool ReadOnly, bool Condstore) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, readOnly: false);

    public static ImapCommand ParseExamine(ref ImapReader reader) => Parse(ref reader, readOnly: true);

    private static Select Parse(ref ImapReader reader, bool readOnly)
    {
        reader.Space();
        var name = reader.Mailbox();
        var condstore = false;
        if (reader.TrySpace())
        {
            reader.Expect((byte)'(');
            do
            {
                if (!reader.TryAtom("CONDSTORE"u8)) throw new ImapSyntaxException("unknown parameter of SELECT");
                condstore = true;
            }
            while (reader.TrySpace());
            reader.Expect((byte)')');
        }
        reader.End();
        return new Select(name, readOnly, condstore);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        // Also when what follows fails: then nothing is selected (RFC 9051 §6.3.2).
        session.LeaveSelected(isTold: true);
        var mailbox = await session.FindMailboxAsync(Name, cancel);
        if (!mailbox.Selectable) throw new ImapRefusedException("NONEXISTENT", "the name stands above others only");
        if (Condstore) session.Enable(EnabledFeatures.Condstore);
        var selected = await OpenAsync(session, mailbox, cancel);
        session.Select(selected);
        Tell(session, mailbox, selected);
        session.Complete(selected.IsReadOnly ? "READ-ONLY" : "READ-WRITE", ReadOnly ? "examined" : "selected");
    }

    private async ValueTask<SelectedMailbox> OpenAsync(ImapSession session, Mailbox mailbox, CancellationToken cancel)
    {
        var view = await NewestView.OpenAsync(session, mailbox.Id, cancel);
        try
        {
            return new SelectedMailbox(mailbox, view, await view.RefreshAsync(cancel), ReadOnly || !session.Account.MayWrite);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    private static void Tell(ImapSession session, Mailbox mailbox, SelectedMailbox selected)
    {
        var writer = session.Writer;
        var snapshot = selected.Snapshot;
        var rev2 = session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2);
        selected.WriteFlags(writer);
        writer.UntaggedNumber(snapshot.Count, "EXISTS"u8);
        selected.TellRecent(session);
        if (!rev2 && FirstUnseen(mailbox, snapshot) is { } unseen) Code(writer, "UNSEEN", unseen, "first unseen message");
        Code(writer, "UIDVALIDITY", snapshot.UidValidity, "UIDs are valid");
        Code(writer, "UIDNEXT", snapshot.UidNext, "predicted next UID");
        Code(writer, "HIGHESTMODSEQ", Math.Max(1, snapshot.HighestModSeq.Value), "highest");
        writer.Raw($"* OK [{MailboxObjectId.Code(selected.Id)}] the mailbox, whatever its name\r\n");
        if (rev2) ListLine.Write(session, selected.Name, []);
    }

    private static void Code(ImapWriter writer, string code, long value, string text) =>
        writer.Raw(string.Create(CultureInfo.InvariantCulture, $"* OK [{code} {value}] {text}\r\n"));

    private static int? FirstUnseen(Mailbox mailbox, MailboxSnapshot snapshot)
    {
        if (mailbox.Unseen == 0 && mailbox.HighestModSeq == snapshot.HighestModSeq) return null;
        for (var i = 0; i < snapshot.Count; i++)
            if (!snapshot[i].Flags.Has(MessageFlags.Seen)) return i + 1;
        return null;
    }
}
