using Facteur.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Apparence »: light or dark, how close the rows are, where a message is read.</summary>
public sealed class AppearanceModel : SignedInPage
{
    public override string Title => T["Menu.Appearance"];

    /// <summary>What is chosen among: the field's name, the words that may be, the one that is.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Words, string Chosen)> Choices =>
    [
        ("theme", WebmailSetting.Themes, Setting.Theme), ("density", WebmailSetting.Densities, Setting.Density), ("pane", WebmailSetting.ReadingPanes, Setting.ReadingPane),
    ];

    public async Task<IActionResult> OnPostAsync()
    {
        var changed = Setting with { Theme = Field("theme"), Density = Field("density"), ReadingPane = Field("pane") };
        if (changed.Problem() is not null) return Refuse(T["Problem.Form.Text"]);
        await Services.Webmail.WriteAsync(Account.Id, changed, Cancel);
        return GoTo("/settings/appearance?done=saved");
    }
}
