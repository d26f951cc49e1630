namespace Facteur.Storage.Embedded.Writing;

/// <summary>An account's row as the writer keeps it between batches; written once per batch.</summary>
internal sealed class AccountState
{
    public required AccountId Id { get; init; }
    public required long? Quota { get; set; }
    public required long ModSeq { get; set; }
    public required uint UidValidity { get; set; }
    public required long Messages { get; set; }
    public required long Octets { get; set; }
    public required bool Removed { get; set; }
    public bool Dirty { get; set; }
}

/// <summary>A mailbox's row as the writer keeps it between batches; written once per batch.</summary>
internal sealed class MailboxState
{
    public required MailboxId Id { get; init; }
    public required AccountState Account { get; init; }
    public required string Name { get; set; }
    public required MailboxRole Role { get; set; }
    public required bool Selectable { get; init; }
    public required uint UidValidity { get; init; }
    public required long UidNext { get; set; }
    public required long HighestModSeq { get; set; }
    public required long Messages { get; set; }
    public required long Unseen { get; set; }
    public required long Deleted { get; set; }
    public required long Octets { get; set; }
    public required long DeletedOctets { get; set; }
    public required bool IsDeleted { get; set; }
    public required bool Subscribed { get; set; }
    public required int SortOrder { get; set; }
    public required string Color { get; set; }
    public required ModSeq Created { get; init; }
    public required ModSeq PropertiesChanged { get; set; }
    public bool Dirty { get; set; }

    /// <summary>Loaded on first use.</summary>
    public List<string?>? Keywords { get; set; }

    /// <summary>The table of keywords changed and nobody was told yet.</summary>
    public bool KeywordsChanged { get; set; }

    /// <summary>The mailbox as of now, for those who look.</summary>
    public Mailbox ToMailbox() => new()
    {
        Id = Id, Account = Account.Id, Name = Name, Role = Role, Selectable = Selectable, Subscribed = Subscribed, UidValidity = UidValidity,
        UidNext = (uint)UidNext, HighestModSeq = new ModSeq(HighestModSeq), Messages = (int)Messages, Unseen = (int)Unseen, Deleted = (int)Deleted,
        Size = Octets, DeletedSize = DeletedOctets, SortOrder = SortOrder, Color = Color, Created = Created, PropertiesChanged = PropertiesChanged,
    };

    /// <summary>Counts an entry in (1) or out (-1).</summary>
    public void Count(MessageFlags flags, long size, int direction)
    {
        Messages += direction;
        Octets += direction * size;
        if (!flags.Has(MessageFlags.Seen)) Unseen += direction;
        if (!flags.Has(MessageFlags.Deleted)) return;
        Deleted += direction;
        DeletedOctets += direction * size;
    }
}
