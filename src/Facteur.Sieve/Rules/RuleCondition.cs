using System.Text.Json.Serialization;

namespace Facteur.Sieve.Rules;

/// <summary>What of a message a condition looks at.</summary>
[JsonConverter(typeof(RuleWord<RuleField>))]
public enum RuleField : byte
{
    From,
    To,
    Cc,

    /// <summary>To or Cc.</summary>
    Recipient,

    /// <summary>The address of the account that the message came to, be it named in the message or not.</summary>
    DeliveredTo,
    Subject,

    /// <summary>The words of the message.</summary>
    Body,

    /// <summary>From, To, Cc, Subject or the words.</summary>
    Anywhere,

    /// <summary>The header field that <see cref="RuleCondition.Header"/> names.</summary>
    Header,

    /// <summary>The mailing list (List-Id, RFC 2919).</summary>
    List,

    /// <summary>Octets of the whole message.</summary>
    Size,

    /// <summary>There is one.</summary>
    Attachment,

    /// <summary>The sender is somebody the account writes with.</summary>
    KnownSender,

    /// <summary>The account has blocked the sender.</summary>
    BlockedSender,
}

/// <summary>How it looks.</summary>
[JsonConverter(typeof(RuleWord<RuleComparison>))]
public enum RuleComparison : byte
{
    Contains,
    Is,
    StartsWith,
    EndsWith,

    /// <summary>It is there, or it is so.</summary>
    Exists,

    /// <summary>Of sizes.</summary>
    Over,

    /// <summary>Of sizes.</summary>
    Under,
}

/// <summary>One condition of a rule. Upper and lower case are one.</summary>
public sealed record RuleCondition(RuleField Field, RuleComparison Comparison)
{
    /// <summary>Holds when the rest does not.</summary>
    public bool IsNegated { get; init; }

    /// <summary>Name of a header field, of conditions on one.</summary>
    public string? Header { get; init; }

    /// <summary>One of them has to be found, of conditions on text.</summary>
    // Read from JSON without it, the generated reader sets null.
    public IReadOnlyList<string> Values { get; init => field = value ?? []; } = [];

    /// <summary>Of conditions on the size.</summary>
    public long? Octets { get; init; }

    /// <summary>The comparison is with <see cref="Values"/>.</summary>
    [JsonIgnore]
    public bool IsOfText => Comparison is RuleComparison.Contains or RuleComparison.Is or RuleComparison.StartsWith or RuleComparison.EndsWith;

    /// <summary>It looks into the words of the message, which costs most.</summary>
    [JsonIgnore]
    public bool IsOfBody => Field is RuleField.Body or RuleField.Anywhere;
}
