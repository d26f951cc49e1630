namespace Facteur.Imap.Commands;

/// <summary>STATUS: counters of a mailbox without selecting it.</summary>
// RFC 9051 §6.3.11.
internal sealed record Status(string Mailbox, StatusItems Items) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.Space();
        var items = StatusItemsWire.Parse(ref reader);
        reader.End();
        return new Status(mailbox, items);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = await session.FindMailboxAsync(Mailbox, cancel);
        if (!mailbox.Selectable) throw new ImapRefusedException("NONEXISTENT", "the name stands above others only");
        // Asking for HIGHESTMODSEQ says that the client knows CONDSTORE (RFC 7162 §3.1).
        if (Items.HasFlag(StatusItems.HighestModSeq)) session.Enable(EnabledFeatures.Condstore);
        StatusItemsWire.Write(session, await NewestView.CountAsync(session, mailbox, cancel), Items);
    }
}
