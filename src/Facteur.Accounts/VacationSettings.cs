using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>The reply of an account to who writes meanwhile, for all that show or change it: what one of them writes, the others read.</summary>
public sealed class VacationSettings(AccountSettings settings)
{
    /// <summary>Characters of the text, and as many of the HTML.</summary>
    public const int MaxText = 20_000;

    private const int MaxSubject = 200;
    private const int MaxDays = 365;

    /// <summary>Null: the account has none, not even one that is off.</summary>
    public ValueTask<VacationSetting?> ReadAsync(AccountId account, CancellationToken cancel) => settings.VacationAsync(account, cancel);

    /// <param name="vacation">Null: no more replies, and nothing is remembered of them.</param>
    /// <exception cref="AccountRuleException">It says what <see cref="Problem"/> says.</exception>
    public ValueTask WriteAsync(AccountId account, VacationSetting? vacation, CancellationToken cancel) =>
        vacation is not null && Problem(vacation) is { } problem
            ? throw new AccountRuleException(problem.Sentence)
            : settings.WriteAsync(SettingScope.Of(account), AccountSettings.Vacation, vacation, MailSettingsJson.Default.VacationSetting, cancel);

    /// <summary>What is wrong with a setting, and with which property of it; null when nothing is.</summary>
    public static (string Property, string Sentence)? Problem(VacationSetting vacation)
    {
        if (vacation.Text.Length > MaxText) return (nameof(VacationSetting.Text), $"The text of a reply has at most {MaxText} characters.");
        if (vacation.Html?.Length > MaxText) return (nameof(VacationSetting.Html), $"The HTML of a reply has at most {MaxText} characters.");
        if (vacation.Subject.Length > MaxSubject || !EmailAddress.IsPlainText(vacation.Subject))
            return (nameof(VacationSetting.Subject), $"The subject of a reply is one line of at most {MaxSubject} characters.");
        if (vacation.Days is < 1 or > MaxDays) return (nameof(VacationSetting.Days), $"The days between two replies to one sender are 1 to {MaxDays}."); // RFC 5230 §4.1
        return vacation is { From: { } from, Until: { } until } && until <= from
            ? (nameof(VacationSetting.Until), "The end of the absence is not after its beginning.")
            : null;
    }
}
