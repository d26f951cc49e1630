using System.Globalization;
using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Réponse automatique »: what who writes meanwhile is told, from when until when.</summary>
public sealed class VacationModel : SignedInPage
{
    private const string DayFormat = "yyyy-MM-dd";

    public override string Title => T["Menu.Vacation"];

    public bool IsOn { get; private set; }
    public string From { get; private set; } = "";

    /// <summary>The last day, which counts whole.</summary>
    public string Until { get; private set; } = "";
    public string Subject { get; private set; } = "";
    public string Text { get; private set; } = "";
    public string Html { get; private set; } = "";
    public int Days { get; private set; } = 7;

    public async Task<IActionResult> OnGetAsync()
    {
        if (await Settings.ReadAsync(Account.Id, Cancel) is not { } setting) return Page();
        (IsOn, Subject, Text, Html, Days) = (!setting.IsOff, setting.Subject, setting.Text, setting.Html ?? "", setting.Days);
        (From, Until) = (Day(setting.From), Day(setting.Until?.AddTicks(-1)));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        (IsOn, From, Until, Subject) = (Field("vacation") == "on", Field("from"), Field("until"), Field("subject").Trim());
        (Text, Html, Days) = (Lines(Field("text")), Lines(Field("html")), Number("days", 1, 365) ?? 0);
        if (Days == 0) return Refuse(T["Vacation.BadDays"]);
        if (!TryRead(From, out var from) || !TryRead(Until, out var until)) return Refuse(T["Vacation.BadDate"]);
        if (IsOn && Text.Length == 0 && Html.Length == 0) return Refuse(T["Vacation.NoText"]);
        var setting = new VacationSetting(Subject, Text, from is { } first ? Start(first) : null, until is { } last && last < DateOnly.MaxValue ? Start(last.AddDays(1)) : null, Days)
        {
            IsOff = !IsOn, Html = Html.Length == 0 ? null : Html,
        };
        if (VacationSettings.Problem(setting) is { } problem) return Refuse(T["Vacation.Bad" + problem.Property]);
        await Settings.WriteAsync(Account.Id, setting, Cancel);
        return GoTo("/settings/vacation?done=saved");
    }

    private VacationSettings Settings => new(Services.Settings);

    // A day is one of this server's time zone, as on the command line.
    private DateTimeOffset Start(DateOnly day)
    {
        var start = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(start, Services.Time.LocalTimeZone.GetUtcOffset(start));
    }

    private string Day(DateTimeOffset? at) => at is { } time ? TimeZoneInfo.ConvertTime(time, Services.Time.LocalTimeZone).ToString(DayFormat, CultureInfo.InvariantCulture) : "";

    private static bool TryRead(string text, out DateOnly? day)
    {
        day = DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read.Year > 1 ? read : null;
        return text.Length == 0 || day is not null;
    }

    // Browsers send CRLF; what is kept has the line ends that others write.
    private static string Lines(string text) => text.ReplaceLineEndings("\n").Trim();
}
