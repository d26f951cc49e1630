using System.Globalization;
using Facteur.IntegrationTests.Browser;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Screens;

/// <summary>Of which sizes and colours a screen has its picture in docs/users/pictures.</summary>
[Flags]
internal enum Shots
{
    None = 0,

    /// <summary>1280 pixels.</summary>
    Wide = 1,

    /// <summary>375 pixels.</summary>
    Phone = 2,

    /// <summary>1280 pixels, dark.</summary>
    Dark = 4,

    /// <summary>2560 pixels.</summary>
    Huge = 8,
}

/// <summary>
/// Goes from screen to screen. Each has to be accessible (axe, light and dark), to fit a telephone and a window of 1280 pixels at 200 % and 400 % (640 by 400, and 320
/// wide: WCAG 2.2, 1.4.4 and 1.4.10), and to move nothing for who asked for less motion; the main ones, those with a picture of a telephone, have to be accessible at these
/// sizes as well; where FACTEUR_SCREENSHOTS names a folder, their pictures are made on the way (docs/operate/pictures.md).
/// </summary>
internal sealed class ScreenTour(MailBrowser mail, SampleMail sample)
{
    private static readonly string? folder = Environment.GetEnvironmentVariable("FACTEUR_SCREENSHOTS") is { Length: > 0 } named ? Path.GetFullPath(named, Programs.Repository) : null;

    /// <summary>Languages of the tours: where there are no pictures to make, one shows all that both would.</summary>
    public static TheoryData<string> Languages => folder is null ? ["fr"] : ["fr", "en"];

    /// <summary>A browser over a mailbox with all that the sample has, the list shown.</summary>
    public static async Task<MailBrowser> BeginAsync(BrowserWorld world, SampleMail sample)
    {
        var mail = await MailBrowser.OpenAsync(world, sample.FillAsync, locale: sample.Locale, person: sample.Person);
        await mail.BegunAsync();
        var desk = new WritingDesk(mail);
        var mailboxes = (await desk.JmapAsync("Mailbox/get", "{}")).GetProperty("list").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("id").GetString()!);
        var update = string.Join(", ", sample.Labels.Select(label => $$"""
            "{{mailboxes[label.Name.Split('/')[^1]]}}": {"color": "{{label.Color}}"}
            """));
        await desk.JmapAsync("Mailbox/set", $$"""{"update": { {{update}} } }""");
        await Assertions.Expect(mail.Page.Locator(".row .label").First).ToBeVisibleAsync();
        return mail;
    }

    public IPage Page => mail.Page;

    public string Say(string french, string english) => sample.Language == "fr" ? french : english;

    /// <param name="name">Begins the names of its pictures.</param>
    public async Task ShowAsync(string name, Shots shots = Shots.None)
    {
        await Axe.CheckAsync(Page, name);
        await AtAsync(width: 1280, ColorScheme.Dark, async () =>
        {
            await Axe.CheckAsync(Page, name + ", dark", "color-contrast");
            if (shots.HasFlag(Shots.Dark)) await ShootAsync(name, 1280, "-dark");
        });
        await AtAsync(width: 375, ColorScheme.Light, async () =>
        {
            Assert.True(await mail.FitsAsync(), $"{name} does not fit a telephone");
            if (shots.HasFlag(Shots.Phone)) await ShootAsync(name, 375);
            await ResizeAsync(320, 568);
            await DrawnAsync();
            await Reflow.CheckAsync(Page, name);
            if (shots.HasFlag(Shots.Phone)) await CheckSmallAsync(name + ", on a small telephone");
        });
        await AtAsync(width: 640, ColorScheme.Light, async () =>
        {
            Assert.True(await mail.FitsAsync(), $"{name} has to be scrolled sideways at 200 %");
            if (shots.HasFlag(Shots.Phone)) await CheckSmallAsync(name + ", at 200 %");
        });
        if (shots.HasFlag(Shots.Wide)) await ShootAsync(name, 1280);
        if (shots.HasFlag(Shots.Huge)) await AtAsync(width: 2560, ColorScheme.Light, () => ShootAsync(name, 2560));
    }

    /// <summary>At its foot, where what sticks to the foot of the window lies over nothing: elsewhere it is scrolled away from under it.</summary>
    private async Task CheckSmallAsync(string screen)
    {
        await Page.EvaluateAsync("() => scrollTo(0, document.documentElement.scrollHeight)");
        await DrawnAsync();
        await Axe.CheckAsync(Page, screen);
        await Page.EvaluateAsync("() => scrollTo(0, 0)");
    }

    /// <summary>The same at another size and in other colours, and back.</summary>
    private async Task AtAsync(int width, ColorScheme scheme, Func<Task> look)
    {
        await ResizeAsync(width, width switch { 640 => 400, < 700 => 740, > 2000 => 1300, _ => 800 });
        await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await DrawnAsync();
        await look();
        await ResizeAsync(1280, 800);
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await DrawnAsync();
    }

    private async Task ResizeAsync(int width, int height)
    {
        if (Page.ViewportSize is { } now && now.Width == width && now.Height == height) return;
        await Page.SetViewportSizeAsync(width, height);
        // The frame of the webmail follows by script.
        await Page.WaitForFunctionAsync("width => { const app = document.querySelector('.app'); return innerWidth === width && (app === null || app.classList.contains('is-narrow') === width < 700); }", width);
    }

    private async Task DrawnAsync() => await Page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

    private async Task ShootAsync(string name, int width, string kind = "")
    {
        if (folder is null) return;
        await DressAsync();
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{sample.Language}-{width}{kind}.png"));
        // Pages of the settings scroll as a whole: so much of them that the picture is still one to look at. What sticks to the foot of the window is then where it belongs.
        var height = await Page.EvaluateAsync<int>("() => document.querySelector('.app') ? innerHeight : document.documentElement.scrollHeight");
        var shown = Page.ViewportSize!.Height;
        var wanted = Math.Clamp(height, shown, width < 700 ? 1500 : 1700);
        if (wanted != shown) await Page.SetViewportSizeAsync(width, wanted);
        await DrawnAsync();
        await Page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        if (wanted != shown) await Page.SetViewportSizeAsync(width, shown);
    }

    /// <summary>Names and ports as they are on a real server, in place of those of a test.</summary>
    private async Task DressAsync()
    {
        var ports = new Dictionary<string, string>
        {
            ["imaps"] = "993", ["imap"] = "143", ["pop3s"] = "995", ["pop3"] = "110", ["submissions"] = "465", ["submission"] = "587", ["https"] = "443",
        };
        var replaced = ports.ToDictionary(one => mail.Server.Port(one.Key).ToString(CultureInfo.InvariantCulture), one => one.Value);
        (replaced["localhost"], replaced["127.0.0.1"]) = ("mail.demo.test", "192.0.2.17");
        if (await Page.Locator(".app").CountAsync() > 0) replaced.Clear();
        replaced[mail.Address] = sample.Address;
        await Page.EvaluateAsync("""
            (replaced) => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const what = new RegExp(Object.keys(replaced).map((one) => `(?<![0-9])${one.replaceAll(".", "\\.")}(?![0-9])`).join("|"), "g");
              const say = (text) => text.replace(what, (found) => replaced[found]);
              while (walker.nextNode() !== null) if (say(walker.currentNode.data) !== walker.currentNode.data) walker.currentNode.data = say(walker.currentNode.data);
              for (const field of document.querySelectorAll("main input[value]:not([type=hidden])")) field.setAttribute("value", say(field.getAttribute("value")));
            }
            """, replaced);
    }
}
