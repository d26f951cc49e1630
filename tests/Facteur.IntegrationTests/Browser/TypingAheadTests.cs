using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>
/// Whoever knows the keys is quicker than the line: what is typed for a window, a dialog or a list whose code is still coming is for that, and never a command to the mail below. The server
/// answers for that code only once all was typed.
/// </summary>
public sealed partial class TypingAheadTests(BrowserWorld world)
{
    private static readonly string[] subjects = ["Invoice for March", "Lunch?", "Reminder"];

    [Fact]
    public async Task In_the_palette()
    {
        await using var line = await SlowLine.OpenAsync(world, "Palette");
        await using var mail = await OpenAsync(line);
        await mail.BegunAsync();
        await mail.PressAsync("j", "Control+k");
        await mail.Page.Keyboard.TypeAsync("all mail");
        await mail.PressAsync("Enter");
        await NothingHappenedAsync(mail);
        line.Release();
        await Assertions.Expect(mail.Page).ToHaveTitleAsync(new Regex("All mail – Facteur$"));
        await Assertions.Expect(mail.Page.Locator("dialog")).ToHaveCountAsync(0);
        await NothingIsGoneAsync(mail);
    }

    [Fact]
    public async Task For_a_label_before_the_keys_of_labels_are_there()
    {
        await using var line = await SlowLine.OpenAsync(world, "start");
        await using var mail = await OpenAsync(line);
        await mail.PressAsync("j", "l");
        await mail.Page.Keyboard.TypeAsync("ledger");
        await mail.PressAsync("Enter");
        await NothingHappenedAsync(mail);
        line.Release();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("Ledger");
        await mail.PressAsync("Escape");
        await Assertions.Expect(mail.Page.Locator("dialog")).ToHaveCountAsync(0);
        await mail.Page.Locator("#sidebar .place", new() { HasText = "Ledger" }).ClickAsync();
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(1);
        await Assertions.Expect(mail.Page.Locator(".compose")).ToHaveCountAsync(0);
        await NothingIsGoneAsync(mail);
    }

    [Fact]
    public async Task In_a_new_message_from_field_to_field()
    {
        await using var line = await SlowLine.OpenAsync(world, "ComposeDock");
        await using var mail = await OpenAsync(line);
        await mail.BegunAsync();
        await mail.PressAsync("j", "c");
        await mail.Page.Keyboard.TypeAsync("bea@example.test");
        // Past the buttons for copies, which want no letters.
        await mail.PressAsync("Tab", "Tab", "e", "Tab");
        await mail.Page.Keyboard.TypeAsync("Leek");
        await mail.PressAsync("Backspace");
        await mail.Page.Keyboard.TypeAsync("s");
        await NothingHappenedAsync(mail);
        line.Release();
        var desk = new WritingDesk(mail);
        await desk.Window.WaitForAsync();
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Lees");
        await Assertions.Expect(desk.Window.Locator("[data-field=to]")).ToContainTextAsync("bea@example.test");
        await Assertions.Expect(desk.Field("subject")).ToBeFocusedAsync();
        await NothingIsGoneAsync(mail);
    }

    [Fact]
    public async Task In_an_answer()
    {
        await using var line = await SlowLine.OpenAsync(world, "ComposeDock");
        await using var mail = await OpenAsync(line);
        await mail.BegunAsync();
        await mail.Row(subjects[0]).ClickAsync();
        await mail.Page.Locator(".reply-box").WaitForAsync();
        await mail.PressAsync("r");
        await mail.Page.Keyboard.TypeAsync("See you #1");
        await mail.PressAsync("Enter");
        await mail.Page.Keyboard.TypeAsync("Anna");
        await Assertions.Expect(mail.Page.Locator(".reply-box")).ToBeVisibleAsync();
        await Assertions.Expect(mail.Toast).ToHaveCountAsync(0);
        line.Release();
        await Assertions.Expect(new WritingDesk(mail).Text).ToContainTextAsync(AnswerPattern());
        await NothingIsGoneAsync(mail);
    }

    [Fact]
    public async Task Is_forgotten_where_what_it_was_for_does_not_come()
    {
        await using var line = await SlowLine.OpenAsync(world, "Help");
        await using var mail = await OpenAsync(line);
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        await mail.BegunAsync();
        await mail.PressAsync("j", "?");
        await mail.Page.Keyboard.TypeAsync("eye#");
        line.Cut();
        await Assertions.Expect(mail.Toast).ToContainTextAsync("cannot be reached");
        await NothingIsGoneAsync(mail);
        await mail.PressAsync("e");
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(2);
    }

    private Task<MailBrowser> OpenAsync(SlowLine line) => MailBrowser.OpenAsync(
        world,
        async box =>
        {
            await box.ImapAsync("CREATE Ledger");
            await box.AppendAsync([.. subjects.Select(subject => new TestMessage(subject))]);
        },
        shared: line.Context, isWhole: false);

    /// <summary>The list is as it was: no letter of what was typed was taken for a command.</summary>
    private static async Task NothingHappenedAsync(MailBrowser mail)
    {
        await Assertions.Expect(mail.Rows).ToHaveCountAsync(3);
        await Assertions.Expect(mail.Page).ToHaveURLAsync(new Regex("/mail(#/inbox)?$"));
        await Assertions.Expect(mail.Toast).ToHaveCountAsync(0);
    }

    /// <summary>As the server has it, which heard of all that was done before.</summary>
    private static async Task NothingIsGoneAsync(MailBrowser mail)
    {
        await using var imap = await TestClient.ConnectAsync(mail.Server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {mail.Address} {BrowserWorld.Password}");
        Assert.Contains("* 3 EXISTS", await imap.ImapAsync("EXAMINE INBOX"));
        Assert.Contains("* SEARCH\r", string.Join('\r', await imap.ImapAsync("SEARCH OR FLAGGED KEYWORD $muted")) + '\r', StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s*See you #1\s*Anna")]
    private static partial Regex AnswerPattern();

    /// <summary>A browser to which one part of the webmail does not come before the test lets it: requests for it wait.</summary>
    private sealed class SlowLine : IAsyncDisposable
    {
        private readonly TaskCompletionSource<bool> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private SlowLine(IBrowserContext context) => Context = context;

        public IBrowserContext Context { get; }

        public static async Task<SlowLine> OpenAsync(BrowserWorld world, string part)
        {
            Programs.Require("chromium", "openssl");
            var context = await (await world.BrowserAsync()).NewContextAsync(new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1280, Height = 800 }, Locale = "en-GB", TimezoneId = "Europe/Paris",
            });
            // A browser without service workers: the requests of one are nobody's to hold.
            await context.AddInitScriptAsync("delete Navigator.prototype.serviceWorker");
            var line = new SlowLine(context);
            await context.RouteAsync(new Regex($"/mail/assets/{part}-[^/]*\\.js$"), async route =>
            {
                if (await line.end.Task) await route.ContinueAsync();
                else await route.AbortAsync();
            });
            return line;
        }

        public void Release() => end.TrySetResult(true);

        public void Cut() => end.TrySetResult(false);

        public async ValueTask DisposeAsync()
        {
            end.TrySetResult(true);
            await Context.DisposeAsync();
        }
    }
}
