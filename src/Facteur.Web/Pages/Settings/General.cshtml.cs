using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Général »: language, how much of a list is loaded at once, time to take a message back, shortcuts.</summary>
public sealed class GeneralModel : SignedInPage
{
    public static readonly IReadOnlyList<int> PageSizes = [10, 25, 50, 100, 200], UndoSeconds = [0, 5, 10, 20, 30];

    public override string Title => T["Menu.General"];

    /// <summary>The account's own choice; "" for none.</summary>
    public string Language { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        await ReadAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await ReadAsync();
        var language = Field("language");
        var changed = Setting with
        {
            PageSize = Number("page-size", WebmailSetting.MinPageSize, WebmailSetting.MaxPageSize) ?? Setting.PageSize,
            UndoSeconds = Number("undo", 0, WebmailSetting.MaxUndoSeconds) ?? Setting.UndoSeconds,
            Shortcuts = Field("shortcuts") == "on",
        };
        if (language.Length > 0 && !AccountSettings.Locales.Contains(language)) return Refuse(T["Problem.Form.Text"]);
        await Services.Webmail.WriteAsync(Account.Id, changed, Cancel);
        if (language != Language) await Services.Webmail.WriteLanguageAsync(Account.Id, language.Length == 0 ? null : language, Cancel);
        return GoTo("/settings/general?done=saved");
    }

    private async ValueTask ReadAsync() => Language = await Services.Settings.OwnLocaleAsync(Account.Id, Cancel) ?? "";
}
