using System.Globalization;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Web.Transfer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Données »: all mail out as an archive, and files of mail in.</summary>
public sealed class DataModel : SignedInPage
{
    /// <summary>Shown at most; a form has no more fields.</summary>
    private const int MaxRemoved = 100;

    public override string Title => T["Menu.Data"];

    public Quota Quota { get; private set; }

    /// <summary>The last import, running or done.</summary>
    public ImportReport? Import { get; private set; }

    /// <summary>What was deleted and can be put back.</summary>
    public IReadOnlyList<RemovedEmail> Removed { get; private set; } = [];

    /// <summary>A label for what comes in.</summary>
    public string Into => T.Format("Data.IntoDefault", Services.Time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public string? Octets(long? octets) => octets is not { } count ? null
        : count < 1024 * 1024 ? T.Format("Data.Kilo", (count / 1024.0).ToString("N0", T.Culture))
        : count < 1024L * 1024 * 1024 ? T.Format("Data.Mega", (count / 1048576.0).ToString("N1", T.Culture))
        : T.Format("Data.Giga", (count / 1073741824.0).ToString("N2", T.Culture));

    public async Task<IActionResult> OnGetAsync()
    {
        await ReadAsync();
        if (Request.Query["why"].ToString() is { Length: > 0 and < 20 } why && Text.WebText.Has("Data.Why." + why)) return Refuse(T["Data.Why." + why], StatusCodes.Status200OK);
        return Page();
    }

    /// <summary>Written while it is read: what breaks off leaves an archive without an end, which every program notices.</summary>
    public async Task<IActionResult> OnPostExportAsync()
    {
        if (!Services.Exports.Allow(Account.Id))
        {
            await ReadAsync();
            return Refuse(T["Data.TooMany"], StatusCodes.Status429TooManyRequests);
        }
        var day = Services.Time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Response.ContentType = "application/zip";
        Response.Headers.ContentDisposition = $"attachment; filename=\"facteur-{day}.zip\"";
        await new MailExport(Services.Store, Services.Contacts, Account.Id, new DrainedStream(Response.Body), Services.Time).WriteAsync(Field("format") == "maildir", Cancel);
        return new EmptyResult();
    }

    /// <summary>Into the inbox, as read; ids of others find nothing.</summary>
    public async Task<IActionResult> OnPostRestoreAsync()
    {
        var emails = Fields("email").Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Select(id => new EmailId(id)).ToList();
        try
        {
            if (emails.Count > 0 && await Services.Store.FindMailboxAsync(Account.Id, MailboxName.Inbox, Cancel) is { } inbox) await Services.Store.Emails.RestoreAsync(Account.Id, emails, inbox.Id, Cancel);
            return GoTo("/settings/data?done=restored#removed");
        }
        catch (StoreRefusedException)
        {
            await ReadAsync();
            return Refuse(T["Import.OverQuota"]);
        }
    }

    private async ValueTask ReadAsync()
    {
        Quota = await Services.Store.GetQuotaAsync(Account.Id, Cancel);
        Import = Services.Imports.Find(Account.Id);
        Removed = await Services.Store.Emails.ListRemovedAsync(Account.Id, MaxRemoved, Cancel);
    }
}
