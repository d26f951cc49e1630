using System.Text.Json.Serialization;

namespace Facteur.Sieve.Rules;

/// <summary>What a rule does with a message.</summary>
[JsonConverter(typeof(RuleWord<RuleActionType>))]
public enum RuleActionType : byte
{
    /// <summary>Into a mailbox, instead of the inbox.</summary>
    Move,

    /// <summary>Into a mailbox as well: a label.</summary>
    Label,

    /// <summary>Sets a keyword of IMAP and JMAP.</summary>
    Flag,
    MarkRead,
    Star,
    Archive,

    /// <summary>Into the trash.</summary>
    Delete,
    Junk,

    /// <summary>Whatever the filter says, it is no junk.</summary>
    NeverJunk,

    /// <summary>Sent on to an address; it stays here as well.</summary>
    Forward,

    /// <summary>An automatic reply, to each sender once in some days.</summary>
    Reply,

    /// <summary>A short mail to an address.</summary>
    Notify,
}

/// <summary>One action of a rule.</summary>
public sealed record RuleAction(RuleActionType Type)
{
    /// <summary>Full name of the mailbox of Move and Label; it is made when it is not there.</summary>
    public string? Mailbox { get; init; }

    /// <summary>Its id (RFC 9042), by which it is found under another name; null when only the name counts.</summary>
    public string? MailboxId { get; init; }

    /// <summary>Of Flag.</summary>
    public string? Keyword { get; init; }

    /// <summary>Of Forward and Notify: one that the account may lead to.</summary>
    public string? Address { get; init; }

    /// <summary>Of Reply; null for one made of the message's own.</summary>
    public string? Subject { get; init; }

    /// <summary>Of Reply, and of Notify, where null is the subject of the message.</summary>
    public string? Text { get; init; }

    /// <summary>Of Reply: the same sender has no second one for so many days; null for seven.</summary>
    public int? Days { get; init; }

    /// <summary>It leads out of the account.</summary>
    [JsonIgnore]
    public bool IsToAddress => Type is RuleActionType.Forward or RuleActionType.Notify;
}
