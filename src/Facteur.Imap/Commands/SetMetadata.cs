using System.Text;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>SETMETADATA: sets annotations of a mailbox or of the server, or removes them, all or none.</summary>
// RFC 5464 §4.3; special use RFC 6154 §4.
internal sealed record SetMetadata(string? Mailbox, IReadOnlyList<AnnotationChange> Changes) : ImapCommand
{
    private const int MaxChanges = 256;

    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = MetadataPlace.Parse(ref reader);
        reader.Space();
        reader.Expect((byte)'(');
        var changes = new List<AnnotationChange>();
        do
        {
            if (changes.Count == MaxChanges) throw new ImapSyntaxException("too many entries");
            var entry = MetadataEntry.Parse(ref reader, isPrefix: false);
            reader.Space();
            // Not by the implicit conversion: it makes an empty value of no array.
            changes.Add(new AnnotationChange(entry.Name, reader.ValueOrNil() is { } value ? (ReadOnlyMemory<byte>?)value : null));
        }
        while (reader.TrySpace());
        reader.Expect((byte)')');
        reader.End();
        return new SetMetadata(mailbox, changes);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var place = await MetadataPlace.FindAsync(session, Mailbox, cancel);
        MailboxRole? role = null;
        var changes = new List<AnnotationChange>(Changes.Count);
        foreach (var change in Changes)
        {
            // Who may only read a shared account writes nothing there that others see (RFC 5464 §3.3); what is private is the reader's own.
            if (change.Name == MetadataEntry.SpecialUse || change.Name.StartsWith("/shared/", StringComparison.Ordinal)) session.RequireWrite();
            if (place.Mailbox is null && change.Name == MetadataEntry.Admin) throw new ImapRefusedException("NOPERM", "who runs the server says how to be reached"); // §3.2.1.1
            if (change.Name == MetadataEntry.SpecialUse) role = Role(place.Mailbox, change.Value);
            else changes.Add(change);
        }
        var former = role is > MailboxRole.None ? await HolderAsync(session, role.Value, cancel) : null;
        await session.Store.Annotations.WriteAsync(new AnnotationWrite(place.Place, session.Person, changes) { Role = role, Origin = session }, cancel);
        // RFC 6154 §5.4: the use that another mailbox lost by it is told.
        if (former is not null && former.Id != place.Mailbox!.Id) MetadataLine.WriteNil(session.Writer, MetadataPlace.Of(former), MetadataEntry.SpecialUse);
    }

    /// <summary>The use asked for, checked as CREATE does; null when nothing changes.</summary>
    private static MailboxRole? Role(Mailbox? mailbox, ReadOnlyMemory<byte>? value)
    {
        if (mailbox is null) throw new ImapRefusedException("CANNOT", "mailboxes have a special use");
        var asked = value is { } octets ? Encoding.UTF8.GetString(octets.Span) : "";
        if (asked.Length == 0) return mailbox.Role == MailboxRole.Inbox ? null : MailboxRole.None;
        return asked[0] == '\\' && SpecialUse.Role(asked[1..]) is { } role ? role : throw new ImapRefusedException("USEATTR", "this special use cannot be given");
    }

    private static async ValueTask<Mailbox?> HolderAsync(ImapSession session, MailboxRole role, CancellationToken cancel)
    {
        foreach (var mailbox in await session.Store.ListMailboxesAsync(session.Account.Id, cancel))
            if (mailbox.Role == role) return mailbox;
        return null;
    }
}
