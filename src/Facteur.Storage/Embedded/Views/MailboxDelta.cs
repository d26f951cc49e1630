namespace Facteur.Storage.Embedded.Views;

/// <summary>What one commit did to a mailbox, for those who look at it.</summary>
internal sealed class MailboxDelta(MailboxId mailbox)
{
    public MailboxId Mailbox { get; } = mailbox;
    public ModSeq ModSeq { get; set; }
    public uint UidNext { get; set; }

    /// <summary>Above all that were there; ascending.</summary>
    public List<MessageEntry>? Added { get; set; }

    public IReadOnlyList<MessageEntry>? Changed { get; set; }

    /// <summary>Ascending.</summary>
    public IReadOnlyList<Uid>? Removed { get; set; }

    /// <summary>Null when they did not change.</summary>
    public KeywordTable? Keywords { get; set; }

    public bool MailboxDeleted { get; set; }

    public bool OnlyAdds => Changed is null && Removed is null && !MailboxDeleted;

    public int Size => 1 + (Added?.Count ?? 0) + (Changed?.Count ?? 0) + (Removed?.Count ?? 0);

    /// <summary>Applies in the order of the commit: additions, changes, removals.</summary>
    public void ApplyTo(MailboxSnapshotBuilder builder)
    {
        if (Added is not null)
            foreach (var entry in Added) builder.Add(entry);
        if (Changed is not null) builder.Change(Changed);
        if (Removed is not null) builder.Remove(Removed);
        builder.UidNext = Math.Max(builder.UidNext, UidNext);
        builder.HighestModSeq = ModSeq;
        if (Keywords is not null) builder.Keywords = Keywords;
    }
}
