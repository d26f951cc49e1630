using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

internal enum MailboxTaskKind : byte { Create, Update, Destroy }

/// <summary>What a call of Mailbox/set does to one mailbox.</summary>
internal sealed class MailboxTask(MailboxTaskKind kind, string key, WantedMailbox? wanted, JsonElement sent)
{
    public MailboxTaskKind Kind { get; } = kind;

    /// <summary>Creation id; or id as sent, perhaps "#creationId".</summary>
    public string Key { get; } = key;

    /// <summary>Null to destroy, and for a change of a mailbox that is not there yet.</summary>
    public WantedMailbox? Wanted { get; set; } = wanted;

    /// <summary>The object or the patch of the client.</summary>
    public JsonElement Sent { get; } = sent;

    /// <summary>Why it could not be done so far; another task may change that.</summary>
    public JmapSetError? Refused { get; private set; }

    /// <summary>The mailbox that is in its way.</summary>
    public MailboxId? Blocker { get; private set; }

    /// <summary>How the mailbox was before it was put out of the way of others.</summary>
    public MailboxNode? Parked { get; set; }

    /// <summary>Notes why it has to wait.</summary>
    public bool Wait(JmapSetError refused, MailboxId? blocker = null)
    {
        (Refused, Blocker) = (refused, blocker);
        return false;
    }
}
