using System.Globalization;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Mvc;

namespace Facteur.Web.Pages;

/// <summary>« Libellés »: made, renamed, coloured, shown or not in IMAP programs, taken away with or without their messages.</summary>
public sealed class LabelsModel : SignedInPage
{
    private const string Here = "/settings/labels";

    public override string Title => T["Menu.Labels"];

    /// <summary>Labels of the owner.</summary>
    public IReadOnlyList<Storage.Mailbox> Labels { get; private set; } = [];

    /// <summary>Mailboxes with a purpose, which are not renamed.</summary>
    public IReadOnlyList<Storage.Mailbox> System { get; private set; } = [];

    public string Asked { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        await ReadAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostAddAsync()
    {
        Asked = Field("name").Trim();
        return await ChangeAsync("made", async () =>
        {
            var made = await Services.Store.CreateMailboxAsync(Account.Id, Asked, MailboxRole.None, Cancel);
            await Services.Store.SetSubscribedAsync(Account.Id, made.Name, true, Cancel);
            if (Color() is { Length: > 0 } color) await Services.Store.Emails.UpdateMailboxAsync(made.Id, new MailboxUpdate { Color = color }, Cancel);
        });
    }

    public async Task<IActionResult> OnPostSaveAsync() => await ChangeAsync("saved", async () =>
    {
        if (await FindAsync() is not { } mailbox) return;
        var name = Field("name").Trim();
        await Services.Store.Emails.UpdateMailboxAsync(
            mailbox.Id, new MailboxUpdate { Name = mailbox.Role == MailboxRole.None && name.Length > 0 && name != mailbox.Name ? name : null, Color = Color(), Subscribed = Field("shown") == "yes" }, Cancel);
    });

    /// <summary>Takes a label away; its messages go to the archive.</summary>
    public async Task<IActionResult> OnPostRemoveAsync() => await ChangeAsync("removed", async () =>
    {
        if (await FindAsync() is not { Role: MailboxRole.None } mailbox) return;
        if (mailbox is { Selectable: true, Messages: > 0 }) await Services.Store.MoveAsync(mailbox.Id, [UidRange.All], (await ArchiveAsync()).Id, Cancel);
        await Services.Store.DeleteMailboxAsync(mailbox.Id, Cancel);
    });

    /// <summary>With the messages that are under no other label.</summary>
    public async Task<IActionResult> OnPostRemoveAllAsync() => await ChangeAsync("removed", async () =>
    {
        if (await FindAsync() is { Role: MailboxRole.None } mailbox) await Services.Store.DeleteMailboxAsync(mailbox.Id, Cancel);
    });

    private async Task<IActionResult> ChangeAsync(string done, Func<Task> change)
    {
        try
        {
            await change();
            return GoTo($"{Here}?done={done}");
        }
        catch (StoreRefusedException e)
        {
            await ReadAsync();
            return Refuse(T[WebText.Has("Labels." + e.Reason) ? "Labels." + e.Reason : "Labels.Refused"]);
        }
    }

    private async ValueTask<Storage.Mailbox> ArchiveAsync() =>
        (await Services.Store.ListMailboxesAsync(Account.Id, Cancel)).FirstOrDefault(one => one is { Role: MailboxRole.Archive, Selectable: true })
        ?? await Services.Store.CreateMailboxAsync(Account.Id, "Archive", MailboxRole.Archive, Cancel);

    /// <summary>One of this account's: ids of others find nothing.</summary>
    private async ValueTask<Storage.Mailbox?> FindAsync() =>
        (await Services.Store.ListMailboxesAsync(Account.Id, Cancel)).FirstOrDefault(one => one.Id.Value.ToString(CultureInfo.InvariantCulture) == Field("id"));

    private string? Color() => Field("colored") != "yes" ? "" : IsColor(Field("color")) ? Field("color").ToLowerInvariant() : null;

    private async ValueTask ReadAsync()
    {
        var all = await Services.Store.ListMailboxesAsync(Account.Id, Cancel);
        Labels = [.. all.Where(one => one.Role == MailboxRole.None)];
        System = [.. all.Where(one => one.Role != MailboxRole.None)];
    }

    private static bool IsColor(string text) => text.Length == 7 && text[0] == '#' && text.Skip(1).All(char.IsAsciiHexDigit);
}
