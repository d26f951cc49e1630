using System.Text;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>The address book from the message to the next one that is written.</summary>
public sealed class ContactTests(BrowserWorld world)
{
    private const string File = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dupont;Zoé;;;\r\nFN:Zoé Dupont\r\nEMAIL;TYPE=HOME:zoe@far.test\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\nBEGIN:VCARD\r\nNOTE:nobody\r\nEND:VCARD\r\n";

    [Fact]
    public async Task A_sender_is_added_completed_by_name_edited_and_joined_by_a_file()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(new TestMessage("Bonjour", From: "=?utf-8?Q?=C3=89lodie_Martin?= <elodie@far.test>")));
        var page = mail.Page;
        await mail.BegunAsync();
        await mail.Row("Bonjour").ClickAsync();
        await AddAsync(mail);
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Élodie Martin is in your contacts now.");
        // Taken back, and added again.
        await SetsAsync(page, () => mail.Toast.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync());
        await AddAsync(mail);
        await Assertions.Expect(mail.Toast.Last).ToContainTextAsync("Élodie Martin is in your contacts now.");
        await ChooseAsync(mail);
        await Assertions.Expect(mail.Toast.Last).ToContainTextAsync("Élodie Martin was in your contacts already.");
        await OffersAsync(mail, "elodie mar", "Élodie Martin elodie@far.test");

        // At another computer: the settings, and what is written there.
        await using var other = await mail.AnotherAsync(world);
        await EditAsync(other);
        await other.Page.GotoAsync(other.Origin + "/mail");
        await other.BegunAsync();
        await OffersAsync(other, "durand", "Élodie Durand elodie@far.test");
        await OffersAsync(other, "zoe dup", "Zoé Dupont zoe@far.test", isOpen: true);
    }

    /// <summary>By the menu of the message, up to the answer of the server.</summary>
    private static Task AddAsync(MailBrowser mail) => SetsAsync(mail.Page, () => ChooseAsync(mail));

    private static async Task ChooseAsync(MailBrowser mail)
    {
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "More for this message" }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Add to contacts" }).ClickAsync();
    }

    private static async Task SetsAsync(IPage page, Func<Task> action) =>
        await page.RunAndWaitForResponseAsync(action, response => response.Request.PostData?.Contains("\"ContactCard/set\"", StringComparison.Ordinal) == true);

    /// <summary>Writes a message to somebody: what stands in the list of who is offered, and in the field once chosen.</summary>
    private static async Task OffersAsync(MailBrowser mail, string typed, string offered, bool isOpen = false)
    {
        var desk = new WritingDesk(mail);
        if (!isOpen)
        {
            await mail.Page.GetByRole(AriaRole.Button, new() { Name = "New message" }).First.ClickAsync();
            await Assertions.Expect(desk.Field("to")).ToBeFocusedAsync();
        }
        await desk.Field("to").PressSequentiallyAsync(typed);
        await Assertions.Expect(mail.Page.GetByRole(AriaRole.Option)).ToHaveTextAsync(offered);
        await desk.Field("to").PressAsync("Enter");
        await Assertions.Expect(desk.Window.Locator(".chip").Last).ToContainTextAsync(offered[..offered.LastIndexOf(' ')]);
    }

    private static async Task EditAsync(MailBrowser mail)
    {
        var page = mail.Page;
        await page.GotoAsync(mail.Origin + "/settings/contacts");
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit “Élodie Martin”" }).ClickAsync();
        await page.Locator("#surname").FillAsync("Durand");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToHaveTextAsync("The contact is saved.");
        await Assertions.Expect(page.Locator(".entries li")).ToContainTextAsync("Élodie Durand");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "contacts.vcf", MimeType = "text/vcard", Buffer = Encoding.UTF8.GetBytes(File) });
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#import [role=status]")).ToContainTextAsync("1 contact added");
        await Assertions.Expect(page.Locator("#import [role=status]")).ToContainTextAsync("neither a name nor an address nor a number");
        await Assertions.Expect(page.Locator(".entries[aria-labelledby=list] > li")).ToHaveCountAsync(2);
        await Axe.CheckAsync(page);
    }
}
