using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>Why a message is not delivered, as people tell causes apart: each has its own explanation and advice.</summary>
internal enum FailureCause : byte
{
    Refused,
    PutOff,
    UnknownAddress,
    UnknownDomain,
    NoMailDomain,
    BadAddress,
    Ambiguous,
    Moved,
    SenderAddress,
    MailboxDisabled,
    MailboxFull,
    TooLarge,
    TooManyRecipients,
    List,
    ListForbidden,
    RemoteTrouble,
    NoAnswer,
    NoName,
    Loop,
    Expired,
    Protocol,
    Content,
    International,
    Policy,
    Encryption,
    Authenticity,
    Reputation,
    OurAccess,
    Suppressed,
    ByUs,
}

/// <summary>Reads the cause from what was answered: the enhanced code first (RFC 3463 §3; RFC 7372 §3; RFC 7505 §6; RFC 8689 §4.2.1), then the reply code and well-known words.</summary>
internal static class FailureCauses
{
    // Words of large providers for an address that is not there, where the code alone could mean anything.
    private static readonly string[] unknownUserWords =
        ["user unknown", "unknown user", "no such user", "no such recipient", "does not exist", "doesn't exist", "no mailbox here", "invalid recipient", "recipient not found", "unknown recipient", "recipient unknown", "address rejected: access denied"];

    private static readonly string[] fullWords = ["mailbox full", "mailbox is full", "over quota", "quota exceeded", "out of storage"];

    private static readonly string[] reputationWords = ["blocklist", "blacklist", "spamhaus", "barracuda", "blocked using", "poor reputation", "dnsbl"];

    /// <summary>The message was given up after temporary failures only.</summary>
    public static bool IsExpired(QueueRecipient recipient) =>
        recipient.Owed == QueueReport.Failure
        && (recipient.LastCode is >= 400 and < 500 || recipient.LastEnhancedCode.StartsWith("4.", StringComparison.Ordinal));

    public static FailureCause Of(QueueRecipient recipient) => Of(recipient.LastCode, recipient.LastEnhancedCode, recipient.LastAnswer);

    /// <param name="replyCode">0 when nothing remote was said.</param>
    /// <param name="enhancedCode">As 5.1.1, or "".</param>
    public static FailureCause Of(int replyCode, string enhancedCode, string answer)
    {
        // What this server found itself may begin with its code.
        if (replyCode == 0 && enhancedCode.Length == 0) enhancedCode = StatusText.Find(answer) ?? "";
        var dot = enhancedCode.IndexOf('.', StringComparison.Ordinal);
        var isTemporary = enhancedCode.Length > 0 ? enhancedCode[0] == '4' : replyCode is >= 400 and < 500;
        return (replyCode == 0 ? OfOurs(enhancedCode) : null)
            ?? (dot < 0 ? null : OfEnhanced(enhancedCode[(dot + 1)..], answer, isTemporary))
            ?? OfWords(answer)
            ?? OfReply(replyCode)
            ?? (isTemporary ? FailureCause.PutOff : replyCode == 0 ? FailureCause.ByUs : FailureCause.Refused);
    }

    /// <summary>Codes that mean something else when no other host said them.</summary>
    private static FailureCause? OfOurs(string enhancedCode) => enhancedCode switch
    {
        "5.7.1" => FailureCause.Suppressed,
        "5.3.0" or "5.0.0" => FailureCause.ByUs,
        _ => null,
    };

    private static FailureCause? OfEnhanced(string code, string answer, bool isTemporary) => code switch
    {
        "1.1" => FailureCause.UnknownAddress,
        "1.2" or "4.4" => OfWords(answer) ?? FailureCause.UnknownDomain,
        "1.10" => FailureCause.NoMailDomain,
        "1.3" => FailureCause.BadAddress,
        "1.4" => FailureCause.Ambiguous,
        "1.6" => FailureCause.Moved,
        "1.7" or "1.8" or "7.27" => FailureCause.SenderAddress,
        "2.1" => FailureCause.MailboxDisabled,
        "2.2" => FailureCause.MailboxFull,
        "2.3" or "3.4" => FailureCause.TooLarge,
        "2.4" => FailureCause.List,
        "3.0" or "3.1" or "3.2" or "3.3" or "3.5" or "4.5" => FailureCause.RemoteTrouble,
        "4.1" when !isTemporary => OfWords(answer) ?? FailureCause.Refused,
        "4.1" or "4.2" => FailureCause.NoAnswer,
        "4.3" => FailureCause.NoName,
        "4.6" => FailureCause.Loop,
        "4.7" => FailureCause.Expired,
        "5.3" => FailureCause.TooManyRecipients,
        "5.0" or "5.1" or "5.2" or "5.4" or "5.5" => OfWords(answer) ?? FailureCause.Protocol,
        "6.7" or "6.8" or "6.9" or "6.10" => FailureCause.International,
        "6.0" or "6.1" or "6.2" or "6.3" or "6.5" => FailureCause.Content,
        "7.2" => FailureCause.ListForbidden,
        "7.3" or "7.4" or "7.5" or "7.10" or "7.30" => FailureCause.Encryption,
        "7.7" or "7.20" or "7.21" or "7.22" or "7.23" or "7.24" or "7.26" => FailureCause.Authenticity,
        "7.25" => FailureCause.Reputation,
        "7.8" or "7.9" or "7.11" or "7.13" or "7.14" => FailureCause.OurAccess,
        "7.0" or "7.1" when !isTemporary => OfWords(answer) ?? FailureCause.Policy,
        _ => null,
    };

    private static FailureCause? OfWords(string answer) =>
        Holds(answer, unknownUserWords) ? FailureCause.UnknownAddress
        : Holds(answer, fullWords) ? FailureCause.MailboxFull
        : Holds(answer, reputationWords) ? FailureCause.Reputation
        : null;

    // RFC 5321 §4.2.3
    private static FailureCause? OfReply(int code) => code switch
    {
        551 => FailureCause.Moved,
        452 or 552 => FailureCause.MailboxFull,
        553 => FailureCause.BadAddress,
        556 => FailureCause.NoMailDomain,
        421 or 451 => FailureCause.PutOff,
        454 or 530 or 535 or 538 => FailureCause.OurAccess,
        500 or 501 or 502 or 503 or 504 or 555 => FailureCause.Protocol,
        _ => null,
    };

    private static bool Holds(string answer, string[] words)
    {
        foreach (var word in words)
            if (answer.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
