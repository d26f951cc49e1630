using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>CREATE: adds a mailbox and the missing ones above it, for a special use when asked.</summary>
// RFC 9051 §6.3.4; special use RFC 6154 §3, §5; MAILBOXID RFC 8474 §4.1.
internal sealed record Create(string Mailbox, MailboxRole Role) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = MailboxName.WithoutTrailingSeparator(reader.Mailbox());
        var role = MailboxRole.None;
        if (reader.TrySpace())
        {
            reader.Expect((byte)'(');
            if (!reader.TryAtom("USE"u8)) throw new ImapSyntaxException("unknown parameter of CREATE");
            reader.Space();
            role = ParseUse(ref reader);
            reader.Expect((byte)')');
        }
        reader.End();
        return new Create(mailbox, role);
    }

    private static MailboxRole ParseUse(ref ImapReader reader)
    {
        var role = MailboxRole.None;
        reader.Expect((byte)'(');
        while (!reader.TryByte((byte)')'))
        {
            if (role != MailboxRole.None) reader.Space();
            reader.Expect((byte)'\\');
            var asked = SpecialUse.Role(reader.Atom());
            // One use a mailbox, and none that only a server can make (RFC 6154 §3).
            if (asked is null || role != MailboxRole.None) throw new ImapRefusedException("USEATTR", "this special use cannot be given");
            role = asked.Value;
        }
        return role;
    }

    public override bool ChangesMailboxes => true;

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (Role != MailboxRole.None)
            foreach (var other in await session.Store.ListMailboxesAsync(session.Account.Id, cancel))
                if (other.Role == Role) throw new ImapRefusedException("USEATTR", "another mailbox has this special use");
        var mailbox = await session.Store.CreateMailboxAsync(session.Account.Id, Mailbox, Role, cancel);
        session.Recents.Created(mailbox.Id);
        session.Complete(MailboxObjectId.Code(mailbox.Id));
    }
}
