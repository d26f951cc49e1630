using System.Text;
using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Imap.Commands;

/// <summary>
/// A mailbox, or the server: to who logs in, that is the account, whose mailboxes are all there are. With the entries that are no annotations but what the
/// server knows (RFC 5464 §4.1 "computed").
/// </summary>
/// <param name="Mailbox">Null for the server.</param>
internal sealed record MetadataPlace(AnnotationPlace Place, Mailbox? Mailbox)
{
    /// <summary>The mailbox argument: null for "", which means the server.</summary>
    public static string? Parse(ref ImapReader reader)
    {
        var octets = reader.AStringBytes();
        return octets.IsEmpty ? null : MailboxName.Decode(octets, reader.Utf8);
    }

    /// <summary>The server, or a mailbox of any kind; NO [NONEXISTENT] for another (RFC 5464 §3.3).</summary>
    public static async ValueTask<MetadataPlace> FindAsync(ImapSession session, string? name, CancellationToken cancel) =>
        name is null ? new MetadataPlace(new AnnotationPlace(session.Account.Id, null), null) : Of(await session.FindMailboxAsync(name, cancel));

    public static MetadataPlace Of(Mailbox mailbox) => new(new AnnotationPlace(mailbox.Account, mailbox.Id), mailbox);

    /// <summary>What matches, by name: annotations, and what is computed.</summary>
    public async ValueTask<IReadOnlyList<Annotation>> ReadAsync(ImapSession session, AnnotationQuery query, CancellationToken cancel)
    {
        var found = await session.Store.Annotations.ReadAsync(Place, session.Person, query, cancel);
        if (Computed(session) is not { } computed || !query.Matches(computed.Name)) return found;
        var value = Encoding.ASCII.GetBytes(computed.Value);
        var one = new Annotation(computed.Name, value.Length, value.Length > query.MaxOctets ? null : (ReadOnlyMemory<byte>?)value);
        return [.. found.Where(other => other.Name != one.Name).Append(one).OrderBy(other => other.Name, StringComparer.Ordinal)];
    }

    private (string Name, string Value)? Computed(ImapSession session)
    {
        if (Mailbox is null) return session.Options.AdminUri is { } admin ? (MetadataEntry.Admin, admin) : null;
        return SpecialUse.Attribute(Mailbox.Role) is { } use ? (MetadataEntry.SpecialUse, use) : null;
    }
}
