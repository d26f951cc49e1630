using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailboxes that emails can be in.</summary>
internal static class MailboxPlaces
{
    /// <summary>The mailbox of an id or "#creationId"; null when there is none, or none that holds messages.</summary>
    public static MailboxId? Find(string id, JmapRequest request, AccountSnapshot snapshot) =>
        JmapIds.TryRead(request.ResolveId(id), out MailboxId mailbox) && snapshot.FindMailbox(mailbox) is { Mailbox.Selectable: true } ? mailbox : null;
}
