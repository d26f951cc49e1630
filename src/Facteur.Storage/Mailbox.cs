namespace Facteur.Storage;

/// <summary>What a mailbox is for (RFC 6154 §2, RFC 8621 §2). Snoozed: what comes back to the inbox at a time.</summary>
public enum MailboxRole : byte { None, Inbox, Drafts, Sent, Junk, Trash, Archive, All, Flagged, Important, Snoozed }

/// <summary>A mailbox with its counters, as of one moment.</summary>
public sealed record Mailbox
{
    public required MailboxId Id { get; init; }
    public required AccountId Account { get; init; }

    /// <summary>Full name with "/" between levels, UTF-8 in NFC; the inbox is "INBOX".</summary>
    public required string Name { get; init; }
    public required MailboxRole Role { get; init; }

    /// <summary>False for a name that only stands above others (\Noselect, RFC 9051 §7.3.1).</summary>
    public required bool Selectable { get; init; }
    public required bool Subscribed { get; init; }
    public required uint UidValidity { get; init; }
    public required uint UidNext { get; init; }
    public required ModSeq HighestModSeq { get; init; }
    public required int Messages { get; init; }
    public required int Unseen { get; init; }
    public required int Deleted { get; init; }

    /// <summary>Place among its siblings, the smaller first (RFC 8621 §2); 0 unless somebody chose.</summary>
    public int SortOrder { get; init; }

    /// <summary>"#rrggbb", or "".</summary>
    public string Color { get; init; } = "";

    /// <summary>MODSEQ at which it came to be, and at which its name, role, place, colour or subscription changed last.</summary>
    public ModSeq Created { get; init; }
    public ModSeq PropertiesChanged { get; init; }

    /// <summary>Octets of the messages (STATUS SIZE, RFC 8438).</summary>
    public required long Size { get; init; }

    /// <summary>Octets of those with \Deleted (RFC 9208 DELETED-STORAGE).</summary>
    public required long DeletedSize { get; init; }
}

/// <summary>A subscription may outlive its mailbox (RFC 9051 §6.3.7).</summary>
public sealed record Subscription(string Name, bool Exists);

/// <summary>Storage quota of an account; <see cref="LimitOctets"/> null is no limit (RFC 9208).</summary>
public readonly record struct Quota(long UsedOctets, long? LimitOctets, long Messages);
