using Facteur.Accounts;
using Facteur.Web.Servers;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>How one mail program is set up, with the values of who reads it.</summary>
public sealed class GuideModel : SignedInPage
{
    public override string Title => T.Format("Guide.Title", Guide.Title);

    public ProgramGuide Guide { get; private set; } = ProgramGuide.All[0];
    public ServerTable Servers { get; private set; } = null!;

    /// <summary>Address of this page, for another device.</summary>
    public string Address => $"{Services.Options.Origin}{ForwardingModel.Here}/{Guide.Name}";

    /// <summary>The program is one of Apple's, and there is something to set it up with.</summary>
    public bool HasAppleProfile => Guide.Name is "iphone" or "apple-mail" && AppleProfile.IsOffered(Servers);

    public async Task<IActionResult> OnGetAsync(string program)
    {
        if (ProgramGuide.Find(program) is not { } guide) return NotFound();
        Guide = guide;
        Servers = await ServerTable.OfAsync(Services, Account, Cancel);
        return Page();
    }
}
