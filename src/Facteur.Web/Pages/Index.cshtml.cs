using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>The front door leads to where there is something to do.</summary>
public sealed class IndexModel : SignedInPage
{
    public override string Title => "Facteur";

    public IActionResult OnGet() => GoTo("/mail");
}
