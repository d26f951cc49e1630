using Facteur.IntegrationTests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Facteur.IntegrationTests.Screens;

/// <summary>A tour of the webmail.</summary>
public sealed class MailScreenTests(BrowserWorld world)
{
    [Theory]
    [MemberData(nameof(ScreenTour.Languages), MemberType = typeof(ScreenTour))]
    public async Task Lists_and_conversations(string language)
    {
        var sample = SampleMail.In(language);
        await using var mail = await ScreenTour.BeginAsync(world, sample);
        var (page, tour) = (mail.Page, new ScreenTour(mail, sample));
        await tour.ShowAsync("list", Shots.Wide | Shots.Phone | Shots.Dark | Shots.Huge);
        await mail.PressAsync("j", "x", "j", "x");
        await tour.ShowAsync("selection", Shots.Wide);
        await mail.PressAsync("*", "n");
        await page.Locator(".top-buttons [aria-haspopup=menu]").First.ClickAsync();
        await tour.ShowAsync("look");
        await page.Locator(".top-buttons [role=menuitemradio]").Nth(7).ClickAsync();
        await ConversationAsync(mail, tour, sample);

        await mail.PressAsync("u");
        await page.Locator(".top-buttons [aria-haspopup=menu]").First.ClickAsync();
        await page.Locator(".top-buttons [role=menuitemradio]").Nth(6).ClickAsync();
        await OpenAsync(mail, sample.Newsletter, page.FrameLocator("iframe.message-frame").Locator("h1"));
        await tour.ShowAsync("newsletter", Shots.Wide | Shots.Dark);
        await mail.PressAsync("u");
        await OpenAsync(mail, sample.Invitation, page.Locator(".invitation"));
        await tour.ShowAsync("invitation", Shots.Wide);
        await page.GotoAsync(mail.Origin + "/mail#/search/in:spam");
        await OpenAsync(mail, sample.Phishing, page.Locator(".message-banner.is-danger"));
        await tour.ShowAsync("phishing", Shots.Wide);
        await page.GotoAsync(mail.Origin + "/mail#/search/nothing-like-this");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await tour.ShowAsync("empty");
        await InTheOtherLanguageAsync(mail, language);
    }

    /// <summary>Words of one language are longer than those of another: on a small telephone the main screens are looked at in both.</summary>
    private static async Task InTheOtherLanguageAsync(MailBrowser mail, string language)
    {
        var (page, other) = (mail.Page, language == "fr" ? "en" : "fr");
        Assert.Equal(0, (await mail.Server.CliAsync("account", "locale", mail.Address, other)).ExitCode);
        await page.SetViewportSizeAsync(320, 568);
        await page.GotoAsync(mail.Origin + "/mail");
        await mail.BegunAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", other);
        await LookAsync("list");
        await mail.PressAsync("j", "x");
        await Expect(page.Locator(".toolbar.is-selecting .more-menu")).ToBeVisibleAsync();
        await LookAsync("selection");
        await page.Locator(".toolbar .more-menu button").ClickAsync();
        await Expect(page.Locator(".toolbar .more-menu [role=menu]")).ToBeVisibleAsync();
        await LookAsync("more");
        await mail.PressAsync("Escape");
        await page.Locator(".top-buttons [aria-haspopup=menu]").Last.ClickAsync();
        await Expect(page.Locator(".top-buttons [role=menu]")).ToBeVisibleAsync();
        await LookAsync("account");
        await mail.PressAsync("Escape");
        await mail.Rows.First.ClickAsync();
        await Expect(page.Locator(".message-tools").First).ToBeVisibleAsync();
        await LookAsync("conversation");
        await mail.PressAsync("c");
        await Expect(new WritingDesk(mail).Text).ToBeVisibleAsync();
        await LookAsync("compose");

        Task LookAsync(string screen) => Reflow.CheckAsync(page, $"{screen} ({other})");
    }

    private static async Task ConversationAsync(MailBrowser mail, ScreenTour tour, SampleMail sample)
    {
        var page = mail.Page;
        await OpenAsync(mail, sample.Conversation, page.Locator(".attachments"));
        await tour.ShowAsync("pane", Shots.Wide);
        await page.Locator(".top-buttons [aria-haspopup=menu]").First.ClickAsync();
        await page.Locator(".top-buttons [role=menuitemradio]").Nth(6).ClickAsync();
        await tour.ShowAsync("conversation", Shots.Wide | Shots.Phone | Shots.Dark);
        await page.Locator(".message-tools [aria-haspopup=menu]").Last.ClickAsync();
        await tour.ShowAsync("message-menu");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = tour.Say("Afficher l’original", "Show original") }).ClickAsync();
        await Expect(page.Locator(".original-source")).ToContainTextAsync("Subject:");
        await tour.ShowAsync("original", Shots.Wide);
        await mail.LeaveDialogAsync();
        await page.Locator(".message-tools [aria-haspopup=menu]").Last.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = tour.Say("Filtrer les messages de ce genre", "Filter messages like this") }).ClickAsync();
        await Expect(page.Locator(".filter-form")).ToBeVisibleAsync();
        await tour.ShowAsync("filter");
        await mail.LeaveDialogAsync();
    }

    [Theory]
    [MemberData(nameof(ScreenTour.Languages), MemberType = typeof(ScreenTour))]
    public async Task Finding_filing_and_writing(string language)
    {
        var sample = SampleMail.In(language);
        await using var mail = await ScreenTour.BeginAsync(world, sample);
        var (page, tour) = (mail.Page, new ScreenTour(mail, sample));
        await SearchAsync(mail, tour, sample);
        await FileAsync(mail, tour, sample);
        await WriteAsync(mail, tour, sample);
        await mail.PressAsync("e");
        await Expect(mail.Toast).ToBeVisibleAsync();
        await Expect(page.Locator("[aria-live] .toast, [role=status] .toast, .toast[role=status]")).ToHaveCountAsync(1);
        await tour.ShowAsync("toast");
    }

    private static async Task SearchAsync(MailBrowser mail, ScreenTour tour, SampleMail sample)
    {
        var page = mail.Page;
        await mail.PressAsync("/");
        await page.Keyboard.TypeAsync(sample.SearchBegun);
        await Expect(page.Locator(".search-list [role=option]").First).ToBeVisibleAsync();
        await tour.ShowAsync("search", Shots.Wide | Shots.Phone);
        await mail.PressAsync("Control+a");
        await page.Keyboard.TypeAsync(sample.Search);
        await mail.PressAsync("Enter");
        await Expect(page.Locator(".search .chip")).ToHaveCountAsync(2);
        await mail.ListedAsync();
        await tour.ShowAsync("search-results", Shots.Wide);
        await mail.PressAsync("g", "i");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("#/inbox$"));
        await mail.ListedAsync();
    }

    private static async Task FileAsync(MailBrowser mail, ScreenTour tour, SampleMail sample)
    {
        var page = mail.Page;
        var dialog = page.GetByRole(AriaRole.Dialog);
        await mail.PressAsync("j", "l");
        await Expect(dialog).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync(sample.LabelPart);
        await tour.ShowAsync("labels", Shots.Wide | Shots.Phone);
        await mail.LeaveDialogAsync();
        await mail.PressAsync("b");
        await Expect(dialog).ToBeVisibleAsync();
        await tour.ShowAsync("snooze", Shots.Wide | Shots.Phone);
        await mail.LeaveDialogAsync();
        await mail.PressAsync("Control+k");
        await Expect(dialog).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync(sample.Command);
        await tour.ShowAsync("palette", Shots.Wide);
        await mail.PressAsync("Control+a");
        await page.Keyboard.TypeAsync(tour.Say("modifier les rac", "change the short"));
        await mail.PressAsync("Enter");
        await Expect(page.Locator(".keys-table")).ToBeVisibleAsync();
        await tour.ShowAsync("keys");
        await mail.LeaveDialogAsync();
        await mail.PressAsync("?");
        await Expect(page.Locator(".help")).ToBeVisibleAsync();
        await tour.ShowAsync("shortcuts", Shots.Wide);
        await mail.LeaveDialogAsync();
        await page.Locator(".top-buttons [aria-haspopup=menu]").Last.ClickAsync();
        await tour.ShowAsync("account");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = tour.Say("Notifications et hors ligne", "Notifications and offline") }).ClickAsync();
        await Expect(dialog).ToBeVisibleAsync();
        await tour.ShowAsync("away", Shots.Wide);
        await mail.LeaveDialogAsync();
    }

    private static async Task WriteAsync(MailBrowser mail, ScreenTour tour, SampleMail sample)
    {
        var (page, desk) = (mail.Page, new WritingDesk(mail));
        await desk.OpenAsync();
        await desk.FillAsync(tour.Say("Paul Durand <paul.durand@villa-durand.test>", "Margaret Holt <m.holt@abbey-library.test>"), sample.Subject, sample.Text);
        await page.Locator("input[data-attach]").SetInputFilesAsync(new FilePayload { Name = tour.Say("Devis terrasse.pdf", "Quote bindings.pdf"), MimeType = "application/pdf", Buffer = new byte[88_000] });
        await Expect(desk.Window.Locator(".attached-file progress")).ToHaveCountAsync(0);
        await tour.ShowAsync("compose", Shots.Wide | Shots.Phone | Shots.Dark);
        await desk.Window.Locator(".compose-menu [aria-haspopup=menu]").ClickAsync();
        await tour.ShowAsync("compose-menu");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = tour.Say("Modèles", "Templates") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).Last).ToBeVisibleAsync();
        await tour.ShowAsync("templates");
        await mail.LeaveDialogAsync();
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = tour.Say("Autres façons d’envoyer", "Other ways to send") }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = tour.Say("Programmer l’envoi", "Send later") }).ClickAsync();
        await Expect(page.Locator(".schedule-preset").First).ToBeVisibleAsync();
        await tour.ShowAsync("schedule", Shots.Wide);
        await mail.LeaveDialogAsync();
        await desk.Field("subject").FillAsync("");
        await desk.Send.ClickAsync();
        await Expect(page.Locator(".compose-warnings")).ToBeVisibleAsync();
        await tour.ShowAsync("warning", Shots.Wide);
        await mail.LeaveDialogAsync();
        await desk.Window.Locator(".compose-discard").ClickAsync();
        await desk.GoneAsync();
    }

    private static async Task OpenAsync(MailBrowser mail, string subject, ILocator shown)
    {
        await mail.Rows.Filter(new() { HasText = subject }).First.ClickAsync();
        await Expect(shown.First).ToBeVisibleAsync();
    }
}
