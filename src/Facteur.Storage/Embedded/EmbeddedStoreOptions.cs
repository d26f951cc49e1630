using System.ComponentModel.DataAnnotations;
using Facteur.Mail;

namespace Facteur.Storage.Embedded;

/// <summary>Settings of the embedded store.</summary>
public sealed class EmbeddedStoreOptions
{
    /// <summary>The folder of the store; made when missing. One process at a time.</summary>
    [Required]
    public required string Folder { get; init; }

    /// <summary>Longest message kept in the database itself, in octets; longer ones go to the packs. Measured best near 8 KiB.</summary>
    [Range(0, 64 * 1024)]
    public int InlineOctets { get; init; } = 8 * 1024;

    /// <summary>Octets of one pack segment, preallocated. Smaller ones are made when the disk has no room for this.</summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int SegmentOctets { get; init; } = 256 * 1024 * 1024;

    /// <summary>Free octets of the disk below which no message is taken, so that expunging and flags still have room.</summary>
    public long ReserveOctets { get; init; } = 32L * 1024 * 1024;

    /// <summary>How long an expunged message can be brought back.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Mailboxes of one account; past this a client is at fault.</summary>
    public int MaxMailboxes { get; init; } = 10_000;

    /// <summary>Ranges of expunged UIDs remembered per mailbox; whoever asks from before gets every UID that is not there (RFC 7162 §3.2.10).</summary>
    public int MaxExpungedRanges { get; init; } = 20_000;

    /// <summary>Octets of the write-ahead log at which it is moved into the database.</summary>
    public long CheckpointOctets { get; init; } = 16L * 1024 * 1024;

    /// <summary>Octets of the database that are read by memory map.</summary>
    public long MapOctets { get; init; } = 256L * 1024 * 1024;

    /// <summary>Octets of folded text kept of one message for searches; the rest is not found by SEARCH BODY.</summary>
    public int SearchTextOctets { get; init; } = 1024 * 1024;

    /// <summary>Limits of the parser that reads messages as they come.</summary>
    public MimeLimits MimeLimits { get; init; } = MimeLimits.Default;
}
