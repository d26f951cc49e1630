using System.Globalization;
using System.Text;
using Facteur.Sieve;
using Facteur.Sieve.Scripts;
using Facteur.Storage;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>Scripts in Sieve as they are written: checked with the place of each mistake, made active or not.</summary>
[LongForm(768 * 1024)]
public sealed class ScriptsModel : SignedInPage
{
    private const string Here = "/settings/filters/scripts";

    public override string Title => T["Scripts.Title"];

    public ScriptFolder Folder { get; private set; } = ScriptFolder.Empty;

    /// <summary>Id of the one that is edited; "" for a new one.</summary>
    public string Id { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string Source { get; private set; } = "";
    public IReadOnlyList<SieveError> Errors { get; private set; } = [];

    /// <summary>It is right, and perhaps not meant so.</summary>
    public IReadOnlyList<SieveError> Warnings { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? edit)
    {
        Folder = await Scripts.ListAsync(Owner, Cancel);
        if (edit is null || Find(edit) is not { } script || await Scripts.ReadAsync(Owner, script, Cancel) is not { } octets) return Page();
        (Id, Name, Source) = (edit, script.Name, Encoding.UTF8.GetString(octets.Span));
        Warnings = await Scripts.WarnAsync(Owner, octets, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync()
    {
        Folder = await Scripts.ListAsync(Owner, Cancel);
        // What browsers send has CRLF, as scripts have it on the wire (RFC 5228 §2.2).
        (Id, Name, Source) = (Field("id"), Field("name").Trim(), Field("content"));
        try
        {
            var octets = Encoding.UTF8.GetBytes(Source);
            var stored = Find(Id) is { } script ? await Scripts.ReplaceAsync(Owner, script.Id, Name == script.Name ? null : Name, octets, Cancel) : await Scripts.AddAsync(Owner, Name, octets, Cancel);
            if (Field("activate") == "yes") await Scripts.ActivateAsync(Owner, stored.Name, Cancel);
            return GoTo(string.Create(CultureInfo.InvariantCulture, $"{Here}?edit={stored.Id}&done=saved"));
        }
        catch (ScriptRefusedException e)
        {
            Errors = e.Errors;
            return Refuse(T["Scripts.Why." + e.Reason]);
        }
    }

    public Task<IActionResult> OnPostActivateAsync() => ChangeAsync(async script => await Scripts.ActivateAsync(Owner, script.Name, Cancel));

    public async Task<IActionResult> OnPostDeactivateAsync()
    {
        await Scripts.ActivateAsync(Owner, null, Cancel);
        return GoTo(Here + "?done=saved");
    }

    public Task<IActionResult> OnPostRemoveAsync() => ChangeAsync(async script => await Scripts.DeleteAsync(Owner, script.Name, Cancel));

    private SieveScripts Scripts => (Services.Delivery ?? throw new InvalidOperationException("nothing is delivered here")).Sieve.Scripts;

    private SettingScope Owner => SettingScope.Of(Account.Id);

    private StoredScript? Find(string id) => Folder.Scripts.FirstOrDefault(one => one.Id.ToString(CultureInfo.InvariantCulture) == id);

    private async Task<IActionResult> ChangeAsync(Func<StoredScript, Task> change)
    {
        Folder = await Scripts.ListAsync(Owner, Cancel);
        if (Find(Field("id")) is not { } script) return GoTo(Here);
        try
        {
            await change(script);
            return GoTo(Here + "?done=saved");
        }
        catch (ScriptRefusedException e)
        {
            return Refuse(T["Scripts.Why." + e.Reason]);
        }
    }
}
