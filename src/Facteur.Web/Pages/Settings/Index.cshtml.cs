using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The settings begin with « Général ».</summary>
public sealed class SettingsIndexModel : SignedInPage
{
    public override string Title => T["Menu.General"];

    public IActionResult OnGet() => GoTo("/settings/general");
}
