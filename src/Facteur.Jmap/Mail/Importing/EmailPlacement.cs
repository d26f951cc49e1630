using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Where a message goes that is there already, and what is noted with it: what Email/import and Email/copy may set (RFC 8621 §4.7, §4.8).</summary>
/// <param name="Flags">Null: not given.</param>
/// <param name="ReceivedAt">Null: not given.</param>
internal sealed record EmailPlacement(IReadOnlyList<MailboxId> Mailboxes, FlagSet? Flags, DateTimeOffset? ReceivedAt)
{
    /// <summary>Reads it, and notes what is wrong with it; <see cref="JmapSetException"/> for more keywords than a mailbox holds.</summary>
    public static EmailPlacement Read(JmapObjectReader reader, JmapRequest request, AccountSnapshot snapshot)
    {
        var mailboxes = new List<MailboxId>();
        foreach (var id in reader.Set("mailboxIds") ?? [])
            if (MailboxPlaces.Find(id, request, snapshot) is not { } mailbox) reader.Invalid("mailboxIds", $"there is no mailbox {id} for messages");
            else if (!mailboxes.Contains(mailbox)) mailboxes.Add(mailbox);
        if (mailboxes.Count == 0) reader.Invalid("mailboxIds", "an email is in a mailbox at least");
        var keywords = new EmailKeywords();
        foreach (var keyword in reader.Set("keywords") ?? [])
            if (!keywords.TryAdd(keyword)) reader.Invalid("keywords", $"\"{keyword}\" is no keyword");
        if (keywords.Count > EmailKeywords.Max) throw new JmapSetException(new JmapSetError("tooManyKeywords"));
        DateTimeOffset? receivedAt = null;
        if (reader.Find("receivedAt") is { } at)
            if (DraftDates.TryRead(at, out var date)) receivedAt = date.ToUniversalTime();
            else reader.Invalid("receivedAt", "receivedAt is not a UTCDate");
        return new EmailPlacement(mailboxes, reader.Has("keywords") ? keywords.ToFlags() : null, receivedAt);
    }

    public DeliveryTarget[] Targets(FlagSet flags, DateTimeOffset receivedAt) => [.. Mailboxes.Select(mailbox => new DeliveryTarget(mailbox, flags, receivedAt))];
}
