using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Passwords for mail programs: made here, shown once, withdrawn one by one.</summary>
public sealed class AppPasswordsModel : SignedInPage
{
    /// <summary>What they can be for.</summary>
    public static readonly IReadOnlyList<MailProtocol> Protocols = [.. Enum.GetValues<MailProtocol>().Where(one => one != MailProtocol.Webmail)];

    public static readonly IReadOnlyList<int> Days = [1, 7, 30, 90, 365];

    public override string Title => T["Menu.AppPasswords"];

    public IReadOnlyList<CredentialRecord> Passwords { get; private set; } = [];
    public NewAppPassword? Made { get; private set; }
    public string Label { get; private set; } = "";

    public Task<IActionResult> OnGetAsync() => ShowAsync();

    public async Task<IActionResult> OnPostAddAsync()
    {
        Label = Field("label");
        try
        {
            Made = await Services.AppPasswords.AddAsync(Account, Label, Limits(), Cancel);
            Label = "";
            return await ShowAsync();
        }
        catch (AccountRuleException e)
        {
            await ShowAsync();
            return Refuse(Why(e));
        }
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        if (long.TryParse(Field("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) await Services.AppPasswords.RemoveAsync(Account.Id, id, Cancel);
        return GoTo("/settings/security/app-passwords?done=removed");
    }

    private AppPasswordLimits Limits()
    {
        var chosen = Request.Form["protocol"].Select(text => Enum.TryParse<MailProtocol>(text, out var one) ? one : (MailProtocol?)null).Where(one => one is not null).Select(one => one!.Value).ToList();
        var networks = Field("networks").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        var days = int.TryParse(Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && Days.Contains(count) ? count : 0;
        return new AppPasswordLimits(
            Protocols.All(chosen.Contains) ? null : chosen, networks.Length > 0 ? networks : null, days > 0 ? Services.Time.GetUtcNow() + TimeSpan.FromDays(days) : null);
    }

    private async Task<IActionResult> ShowAsync()
    {
        Passwords = await Services.AppPasswords.ListAsync(Account.Id, Cancel);
        return Page();
    }
}
