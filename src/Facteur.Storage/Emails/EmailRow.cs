namespace Facteur.Storage.Emails;

/// <summary>One email in a mailbox: what IMAP calls a message.</summary>
/// <param name="Flags">As the mailbox numbers its keywords (<see cref="AccountMailbox.Keywords"/>).</param>
public readonly record struct EmailPlace(MailboxId Mailbox, Uid Uid, MessageFlags Flags);

/// <summary>What an account's snapshot holds of each email. Most are in one mailbox: <see cref="First"/>; others have <see cref="More"/>.</summary>
public readonly record struct EmailRow
{
    public required EmailId Id { get; init; }
    public required ThreadId Thread { get; init; }

    /// <summary>When the account got it.</summary>
    public required ModSeq Created { get; init; }

    /// <summary>When it came in sight again, last, after all its entries had \Deleted; zero when it never was out of sight.</summary>
    public ModSeq Shown { get; init; }

    /// <summary>When it, or any of its entries, changed last.</summary>
    public required ModSeq Changed { get; init; }

    /// <summary>Milliseconds since 1970 UTC (receivedAt, RFC 8621 §4.1.1).</summary>
    public required long ReceivedAt { get; init; }
    public required long Size { get; init; }
    public required bool HasAttachment { get; init; }

    /// <summary>Second since 1970 at which it last came back after having been put off; 0 when it never did. (Where padding was: it costs no octet.)</summary>
    public uint ReturnedAt { get; init; }

    /// <summary>Where it stands in lists by time, in milliseconds since 1970: when it came back, or else when it was received.</summary>
    public long ListedAt => ReturnedAt == 0 ? ReceivedAt : ReturnedAt * 1000L;
    public required BodyReference Body { get; init; }
    public required EmailPlace First { get; init; }

    /// <summary>Further places, ascending by mailbox; null when there are none.</summary>
    public EmailPlace[]? More { get; init; }

    public int PlaceCount => 1 + (More?.Length ?? 0);

    public EmailPlace Place(int index) => index == 0 ? First : More![index - 1];

    public bool IsIn(MailboxId mailbox)
    {
        if (First.Mailbox == mailbox) return true;
        if (More is null) return false;
        foreach (var place in More)
            if (place.Mailbox == mailbox) return true;
        return false;
    }

    /// <summary>System flags of all its entries together (RFC 8621 §4.1.1: keywords of an email are those of any).</summary>
    public MessageFlags SystemFlags
    {
        get
        {
            var flags = First.Flags;
            if (More is not null)
                foreach (var place in More) flags |= place.Flags;
            return flags & new MessageFlags((1UL << MessageFlags.FirstKeywordBit) - 1);
        }
    }
}
