using System.Text.Json.Serialization;

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
/// <param name="CodeHash">Hash of the code that was sent to it, while it is not confirmed.</param>
/// <param name="AskedAt">When; the code ends a week later.</param>
public sealed record ForwardTarget(string Address, bool IsConfirmed, string? CodeHash = null, DateTimeOffset? AskedAt = null);

/// <summary>The setting "forward" of an account.</summary>
public sealed record ForwardSetting(IReadOnlyList<ForwardTarget> Targets, ForwardKeep Keep);

/// <summary>The setting "vacation" of an account: a reply to who writes meanwhile (RFC 3834, RFC 5230).</summary>
/// <param name="Subject">"" for one made of the message's own.</param>
/// <param name="Text">Plain text.</param>
/// <param name="From">Not before; null: at once.</param>
/// <param name="Until">Not from then on; null: until it is removed.</param>
/// <param name="Days">The same sender has no second reply for so many days; 1 to 365.</param>
public sealed record VacationSetting(string Subject, string Text, DateTimeOffset? From = null, DateTimeOffset? Until = null, int Days = 7);

/// <summary>The setting "postmaster" of a domain or of the site: who answers for addresses each domain must have.</summary>
public sealed record PostmasterSetting(string Address);

/// <summary>The setting "bounces" of a domain.</summary>
/// <param name="Verp">The envelope sender of each message carries its id, so that reports that say nothing of it are still bound to it.</param>
public sealed record BounceSetting(bool Verp = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ForwardSetting))]
[JsonSerializable(typeof(VacationSetting))]
[JsonSerializable(typeof(PostmasterSetting))]
[JsonSerializable(typeof(BounceSetting))]
[JsonSerializable(typeof(string))]
internal sealed partial class MailSettingsJson : JsonSerializerContext;
