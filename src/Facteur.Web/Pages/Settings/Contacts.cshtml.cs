using System.Globalization;
using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Storage.Contacts;
using Facteur.Web.Text;
using Facteur.Web.Transfer;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Contacts »: the address book, searched and by pages, changed, and its files of vCards in and out.</summary>
public sealed class ContactsModel : SignedInPage
{
    private const string Here = "/settings/contacts";
    private const int PageSize = 50, MaxSearch = 200;

    public override string Title => T["Menu.Contacts"];

    public string Search { get; private set; } = "";

    /// <summary>From 1.</summary>
    public int PageNumber { get; private set; } = 1;

    public ContactPage Found { get; private set; } = new([], 0);

    public int First => ((PageNumber - 1) * PageSize) + 1;

    public int Last => First + Found.Lines.Count - 1;

    public ContactFormFields Form { get; private set; } = ContactFormFields.New;

    /// <summary>The form is open.</summary>
    public bool IsEditing { get; private set; }

    /// <summary>What became of the last file.</summary>
    public ContactImport? Import { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? edit)
    {
        if (edit is not null)
        {
            if (Id(edit) is not { } id || await Services.Contacts.FindAsync(Account.Id, id, Cancel) is not { } found) return await RefuseAsync("Gone");
            (Form, IsEditing) = (ContactFormFields.Of(found.Record, found.Fields), true);
        }
        var why = Request.Query["why"].ToString();
        if (why.Length > 0) Import = Services.ContactImports.Find(Account.Id);
        await ReadAsync();
        return why is { Length: > 0 and < 20 } and not "done" && WebText.Has("Contacts.Why." + why) ? Refuse(T["Contacts.Why." + why], 200) : Page();
    }

    public async Task<IActionResult> OnPostSaveAsync()
    {
        (Form, IsEditing) = (ContactFormFields.Read(Request.Form), true);
        if (Form.Problem() is { } problem) return await RefuseAsync(problem.Key, problem.Value);
        try
        {
            if (Form.Id.Length == 0) await Services.Contacts.AddAsync(Account.Id, Form.Fields, Cancel);
            else if (Id(Form.Id) is not { } id || await Services.Contacts.FindAsync(Account.Id, id, Cancel) is not { } found
                || !await Services.Contacts.SaveAsync(Account.Id, id, new ModSeq(Form.Changed), Form.With(found.Fields), Cancel))
                return await RefuseAsync("Gone");
            return GoTo($"{Here}?done=contact");
        }
        catch (StoreRefusedException e)
        {
            return await RefuseAsync(e.Reason switch { StoreRefusal.StateMismatch => "Changed", StoreRefusal.TooManyContacts => "Full", _ => "TooLong" });
        }
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        if (Id(Field("id")) is { } id) await Services.Contacts.RemoveAsync(Account.Id, id, Cancel);
        return GoTo($"{Here}?done=contactgone{(Field("q") is { Length: > 0 } search ? "&q=" + Uri.EscapeDataString(search) : "")}");
    }

    /// <summary>Written while it is read.</summary>
    public async Task<IActionResult> OnPostExportAsync()
    {
        Response.ContentType = "text/vcard; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"contacts-{Services.Time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.vcf\"";
        await Services.Contacts.ExportAsync(Account.Id, Field("version") == "3.0", Response.Body, Cancel);
        return new EmptyResult();
    }

    /// <summary>This page with other parts of the list.</summary>
    public string LinkTo(int page) => $"?page={page.ToString(CultureInfo.InvariantCulture)}{(Search.Length > 0 ? "&q=" + Uri.EscapeDataString(Search) : "")}";

    private async Task<IActionResult> RefuseAsync(string key, string value = "")
    {
        await ReadAsync();
        return Refuse(T.Format("Contacts." + key, value));
    }

    private async ValueTask ReadAsync()
    {
        Search = Request.Query["q"].ToString() is var asked && asked.Length > MaxSearch ? asked[..MaxSearch] : asked;
        PageNumber = int.TryParse(Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is > 0 and <= ContactStore.MaxCards ? page : 1;
        Found = await Services.Contacts.PageAsync(Account.Id, new ContactListing(Search, (PageNumber - 1) * PageSize, PageSize), Cancel);
    }

    private static ContactId? Id(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new ContactId(id) : null;

    public bool HasNext => Last < Found.Total && Found.Lines.Count > 0;
}
