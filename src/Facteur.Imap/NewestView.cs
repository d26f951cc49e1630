using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>
/// The newest messages of a mailbox, where its owner lets programs see no more of each folder than so many. What is below the first of them when it
/// is opened stays unseen as long as it is open; what comes in is added, so that nothing goes only because something came.
/// </summary>
internal sealed class NewestView : MailboxView
{
    private readonly MailboxView all;
    private MailboxSnapshot? seen, shown;

    private NewestView(MailboxView all, Uid first)
    {
        this.all = all;
        First = first;
        all.Changed += RaiseChanged;
    }

    /// <summary>The first message that is seen.</summary>
    public Uid First { get; }

    public override bool IsDeleted => all.IsDeleted;

    /// <summary>Opens a mailbox as a client may see it; the caller disposes it.</summary>
    public static async ValueTask<MailboxView> OpenAsync(ImapSession session, MailboxId mailbox, CancellationToken cancel)
    {
        var limit = (await new AccountSettings(session.Store.Settings).ImapAsync(session.Account.Id, cancel)).MaxMessages;
        var view = await session.Store.OpenViewAsync(mailbox, cancel);
        if (limit is not { } most) return view;
        try
        {
            var snapshot = await view.RefreshAsync(cancel);
            return new NewestView(view, snapshot.Count > most ? snapshot[snapshot.Count - most].Uid : new Uid(1));
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    /// <summary>What a client may see of a mailbox that it has not selected, with its counts (STATUS, RFC 9051 §6.3.11).</summary>
    public static async ValueTask<Mailbox> CountAsync(ImapSession session, Mailbox mailbox, CancellationToken cancel)
    {
        var limit = (await new AccountSettings(session.Store.Settings).ImapAsync(session.Account.Id, cancel)).MaxMessages;
        if (limit is null || mailbox.Messages <= limit) return mailbox;
        // Of the selected one what the client was told of counts.
        if (session.Selected is { } selected && selected.Id == mailbox.Id) return Count(mailbox, selected.Snapshot);
        using var view = await OpenAsync(session, mailbox.Id, cancel);
        return Count(mailbox, await view.RefreshAsync(cancel));
    }

    public override async ValueTask<MailboxSnapshot> RefreshAsync(CancellationToken cancel)
    {
        var newest = await all.RefreshAsync(cancel);
        if (ReferenceEquals(newest, seen)) return shown!;
        seen = newest;
        return shown = newest.From(First);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        all.Changed -= RaiseChanged;
        all.Dispose();
    }

    private static Mailbox Count(Mailbox mailbox, MailboxSnapshot snapshot)
    {
        int unseen = 0, deleted = 0;
        for (var place = 0; place < snapshot.Count; place++)
        {
            var flags = snapshot[place].Flags;
            if (!flags.Has(MessageFlags.Seen)) unseen++;
            if (flags.Has(MessageFlags.Deleted)) deleted++;
        }
        return mailbox with { Messages = snapshot.Count, Unseen = unseen, Deleted = deleted };
    }
}
