using System.Text.Json.Serialization;
using Facteur.Accounts.Policy;

namespace Facteur.Accounts;

/// <summary>What stays here of a message that is forwarded.</summary>
public enum ForwardKeep : byte
{
    /// <summary>A copy in the inbox.</summary>
    Keep,
    /// <summary>A copy in the archive.</summary>
    Archive,
    /// <summary>None.</summary>
    Delete,
}

/// <summary>An address that mail of an account is forwarded to.</summary>
/// <param name="IsConfirmed">Its owner agreed, or an administrator vouches for it; nothing goes to it before.</param>
/// <param name="CodeHash">Hash of the code that was sent to it, while it is not confirmed; null once too many wrong ones were tried.</param>
/// <param name="AskedAt">When; the code ends a week later.</param>
public sealed record ForwardTarget(string Address, bool IsConfirmed, string? CodeHash = null, DateTimeOffset? AskedAt = null)
{
    /// <summary>The owner keeps it for rules or for another time; nothing goes to it by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOff { get; init; }

    /// <summary>Wrong codes that were tried.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Tries { get; init; }

    /// <summary>Mail goes to it.</summary>
    [JsonIgnore]
    public bool IsUsed => IsConfirmed && !IsOff;
}

/// <summary>The setting "forward" of an account.</summary>
public sealed record ForwardSetting(IReadOnlyList<ForwardTarget> Targets, ForwardKeep Keep)
{
    /// <summary>When codes were sent, of the last day; null for none.</summary>
    public IReadOnlyList<DateTimeOffset>? Asked { get; init; }
}

/// <summary>The setting "vacation" of an account: a reply to who writes meanwhile (RFC 3834, RFC 5230).</summary>
/// <param name="Subject">"" for one made of the message's own.</param>
/// <param name="Text">Plain text; "" for that of the HTML or, without one, a sentence in the language of the account.</param>
/// <param name="From">Not before; null: at once.</param>
/// <param name="Until">Not from then on; null: until it is removed.</param>
/// <param name="Days">The same sender has no second reply for so many days; 1 to 365.</param>
public sealed record VacationSetting(string Subject, string Text, DateTimeOffset? From = null, DateTimeOffset? Until = null, int Days = 7)
{
    /// <summary>It is kept for another time; nobody is replied to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOff { get; init; }

    /// <summary>The reply as HTML, for readers that show it; null: the text alone.</summary>
    public string? Html { get; init; }
}

/// <summary>What POP programs see of the mail.</summary>
public enum PopScope : byte
{
    /// <summary>All mail that is there.</summary>
    All,
    /// <summary>Mail that came after <see cref="PopSetting.AfterEmail"/>.</summary>
    FromNow,
    /// <summary>POP is switched off by the owner.</summary>
    Off,
}

/// <summary>What becomes here of a message that a POP program has fetched whole, when it ends the session with QUIT.</summary>
public enum PopAfterDownload : byte { Keep, MarkRead, Archive, Delete }

/// <summary>The setting "pop" of an account; its domain or the site may have one for all that have none.</summary>
/// <param name="AfterEmail">With FromNow: the last email id that is not shown.</param>
/// <param name="Since">When the scope was chosen, to be shown.</param>
/// <param name="Folders">Full names of mailboxes that are shown besides INBOX.</param>
/// <param name="DeleteAfterDays">Messages go from the server so many days after they were fetched; null: never.</param>
/// <param name="LoginDelay">Seconds between logins (LOGIN-DELAY, RFC 2449 §6.5); 0 for none.</param>
/// <param name="IsShared">Several sessions at once, each with its own numbers; else one holds the maildrop (RFC 1939 §4).</param>
public sealed record PopSetting(
    PopScope Scope = PopScope.All, long AfterEmail = 0, DateTimeOffset? Since = null, IReadOnlyList<string>? Folders = null,
    PopAfterDownload AfterDownload = PopAfterDownload.Keep, int? DeleteAfterDays = null, int LoginDelay = 0, bool IsShared = false);

/// <summary>The setting "imap" of an account.</summary>
/// <param name="IsOff">The owner does not want IMAP.</param>
/// <param name="ExpungesAtOnce">What a program marks with \Deleted is removed at once, as if it had sent EXPUNGE; else it waits for that (RFC 9051 §6.4.3).</param>
/// <param name="MaxMessages">Programs see so many of the newest messages of each folder when they open it, at least <see cref="FewestMessages"/>; null: all.</param>
public sealed record ImapSetting(bool IsOff = false, bool ExpungesAtOnce = false, int? MaxMessages = null)
{
    /// <summary>Fewer would have programs forget what they fetched a moment ago.</summary>
    public const int FewestMessages = 100;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault() => MaxMessages < FewestMessages ? $"Programs see at least {FewestMessages} messages of a folder, or all." : null;
}

/// <summary>The setting "postmaster" of a domain or of the site: who answers for addresses each domain must have.</summary>
public sealed record PostmasterSetting(string Address);

/// <summary>The setting "people" of the site or of a domain.</summary>
/// <param name="Visible">Who has an account in the domain sees the names and addresses of all others in it.</param>
public sealed record PeopleSetting(bool Visible = false);

/// <summary>The setting "bounces" of a domain.</summary>
/// <param name="Verp">The envelope sender of each message carries its id, so that reports that say nothing of it are still bound to it.</param>
public sealed record BounceSetting(bool Verp = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ForwardSetting))]
[JsonSerializable(typeof(VacationSetting))]
[JsonSerializable(typeof(PopSetting))]
[JsonSerializable(typeof(ImapSetting))]
[JsonSerializable(typeof(PostmasterSetting))]
[JsonSerializable(typeof(BounceSetting))]
[JsonSerializable(typeof(PeopleSetting))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(string))]
internal sealed partial class MailSettingsJson : JsonSerializerContext;
