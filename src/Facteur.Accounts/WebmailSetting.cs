using System.Text.Json.Serialization;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>The setting "webmail" of an account: how its owner wants the pages. The language is the setting "locale", which mail from the server goes by as well.</summary>
/// <param name="UndoSeconds">A message that was sent waits so long, and can be taken back; 0 to <see cref="MaxUndoSeconds"/>.</param>
/// <param name="PageSize">Conversations that the list asks for at once, <see cref="MinPageSize"/> to <see cref="MaxPageSize"/>.</param>
/// <param name="Density">One of <see cref="Densities"/>.</param>
/// <param name="Theme">One of <see cref="Themes"/>.</param>
/// <param name="ReadingPane">One of <see cref="ReadingPanes"/>.</param>
/// <param name="Shortcuts">Single keys do something.</param>
/// <param name="ImagesAllowedFrom">Addresses, and domains with "@" before them, whose images are shown unasked; null for none.</param>
/// <param name="Conversations">Messages of a conversation are one row of the list; else a row each.</param>
/// <param name="Order">What stands first in lists, one of <see cref="Orders"/>; the newest first among them.</param>
/// <param name="Preview">Rows show how the message begins.</param>
/// <param name="OfflineDays">Days of mail that browsers keep to show it without a connection, one of <see cref="OfflineChoices"/>; 0 for none.</param>
/// <param name="Keys">Keys that the owner chose, by the name of what they do in the webmail; null for none. What is not named has its usual ones.</param>
public sealed record WebmailSetting(
    int UndoSeconds = 10, int PageSize = 50, string Density = "normal", string Theme = "auto", string ReadingPane = "none", bool Shortcuts = true, IReadOnlyList<string>? ImagesAllowedFrom = null,
    bool Conversations = true, string Order = "newest", bool Preview = true, int OfflineDays = 30, IReadOnlyDictionary<string, IReadOnlyList<string>>? Keys = null)
{
    public const string Setting = "webmail";
    public const int MaxUndoSeconds = 30, MinPageSize = 10, MaxPageSize = 200;

    /// <summary>Entries of <see cref="ImagesAllowedFrom"/>.</summary>
    public const int MaxSenders = 1_000;

    /// <summary>Names in <see cref="Keys"/>, and keys of each.</summary>
    public const int MaxKeyNames = 200, MaxKeys = 4;

    private const int MaxKeyName = 60, MaxKey = 40;

    public static readonly IReadOnlyList<string> Densities = ["comfortable", "normal", "compact"], Themes = ["auto", "light", "dark"], ReadingPanes = ["none", "right", "below"];
    public static readonly IReadOnlyList<string> Orders = ["newest", "unread", "starred", "important"];
    public static readonly IReadOnlyList<int> OfflineChoices = [0, 7, 30, 90];

    /// <summary>What is wrong with it, and with which property; null when nothing is.</summary>
    public (string Property, string Sentence)? Problem()
    {
        if (UndoSeconds is < 0 or > MaxUndoSeconds) return (nameof(UndoSeconds), $"A message waits 0 to {MaxUndoSeconds} seconds.");
        if (PageSize is < MinPageSize or > MaxPageSize) return (nameof(PageSize), $"A list asks for {MinPageSize} to {MaxPageSize} conversations at once.");
        if (!Densities.Contains(Density)) return (nameof(Density), $"The densities are {string.Join(", ", Densities)}.");
        if (!Themes.Contains(Theme)) return (nameof(Theme), $"The themes are {string.Join(", ", Themes)}.");
        if (!ReadingPanes.Contains(ReadingPane)) return (nameof(ReadingPane), $"The places of the reading pane are {string.Join(", ", ReadingPanes)}.");
        if (!Orders.Contains(Order)) return (nameof(Order), $"The orders are {string.Join(", ", Orders)}.");
        if (!OfflineChoices.Contains(OfflineDays)) return (nameof(OfflineDays), $"Mail is kept for {string.Join(", ", OfflineChoices)} days.");
        return ProblemOfKeys() ?? ProblemOfSenders();
    }

    private (string Property, string Sentence)? ProblemOfKeys()
    {
        if (Keys is null) return null;
        if (Keys.Count > MaxKeyNames) return (nameof(Keys), $"Keys are chosen for at most {MaxKeyNames} things.");
        var wrong = Keys.FirstOrDefault(one =>
            one.Key.Length is 0 or > MaxKeyName || !one.Key.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') ||
            one.Value is null || one.Value.Count > MaxKeys || !one.Value.All(IsKey)).Key;
        return wrong is null ? null : (nameof(Keys), $"\"{wrong}\" does not have up to {MaxKeys} keys.");
    }

    private (string Property, string Sentence)? ProblemOfSenders()
    {
        if (ImagesAllowedFrom is not { } senders) return null;
        if (senders.Count > MaxSenders) return (nameof(ImagesAllowedFrom), $"At most {MaxSenders} senders are remembered.");
        return senders.FirstOrDefault(one => !IsSender(one)) is { } wrong ? (nameof(ImagesAllowedFrom), $"\"{wrong}\" is neither an address nor a domain with @ before it.") : null;
    }

    private static bool IsKey(string text) => text is { Length: > 0 and < MaxKey } && !text.Any(char.IsControl);

    private static bool IsSender(string text) => text.StartsWith('@') ? DomainName.Normalize(text[1..]) is not null : EmailAddress.TryParse(text, out _);
}

/// <summary>Reads and writes the setting "webmail", for the pages and JMAP alike.</summary>
public sealed class WebmailSettings(SettingsStore store)
{
    private readonly AccountSettings settings = new(store);

    public async ValueTask<WebmailSetting> ReadAsync(AccountId account, CancellationToken cancel) =>
        await store.ReadAsync(SettingScope.Of(account), WebmailSetting.Setting, WebmailJson.Default.WebmailSetting, cancel) is { } setting && setting.Problem() is null ? setting : new WebmailSetting();

    /// <exception cref="AccountRuleException">It says what <see cref="WebmailSetting.Problem"/> says.</exception>
    public ValueTask WriteAsync(AccountId account, WebmailSetting setting, CancellationToken cancel)
    {
        if (setting.Problem() is { } problem) throw new AccountRuleException(problem.Sentence);
        return settings.WriteAsync(SettingScope.Of(account), WebmailSetting.Setting, setting, WebmailJson.Default.WebmailSetting, cancel);
    }

    /// <param name="locale">One of <see cref="AccountSettings.Locales"/>; null: as its domain says.</param>
    public ValueTask WriteLanguageAsync(AccountId account, string? locale, CancellationToken cancel)
    {
        if (locale is not null && !AccountSettings.Locales.Contains(locale)) throw new AccountRuleException($"The languages are {string.Join(" and ", AccountSettings.Locales)}.");
        return settings.WriteAsync(SettingScope.Of(account), AccountSettings.Locale, locale, MailSettingsJson.Default.String, cancel);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebmailSetting))]
internal sealed partial class WebmailJson : JsonSerializerContext;
