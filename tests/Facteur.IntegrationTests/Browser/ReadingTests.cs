using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static Facteur.IntegrationTests.Browser.ReadingMessages;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Reading: conversations, bodies, what is said over a message, attachments, invitations (UX §4.2); in both languages, by keyboard alone, on a telephone.</summary>
public sealed class ReadingTests(BrowserWorld world)
{
    /// <summary>The frame of the message is as high as what is in it.</summary>
    private const string Fitted = "() => { const frame = document.querySelector('iframe.message-frame'), root = frame.contentDocument.getElementById('facteur-body'); return Math.abs(frame.clientHeight - root.getBoundingClientRect().height) <= 2; }";

    [Fact]
    public async Task A_conversation_stacks_its_messages_and_folds_what_was_read()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Déménagement", "Ben Martin <ben@example.test>", "Premier message.", "1@thread.test") { Flags = "\\Seen" }, new TestMessage("Re: Déménagement", "Claire <claire@example.test>", "Deuxième.", "2@thread.test", "1@thread.test") { Flags = "\\Seen" },
            new TestMessage("Re: Déménagement", "Ben Martin <ben@example.test>", "Oui.\r\n\r\nOn Monday, Claire wrote:\r\n> Deuxième.\r\n>> Premier message.", "3@thread.test", "1@thread.test")));
        var page = mail.Page;
        await mail.Row("Re: Déménagement").Or(mail.Rows.First).First.ClickAsync();
        await Expect(page.Locator(".conversation h1")).ToHaveTextAsync(new Regex("Déménagement"));
        await Expect(page.Locator(".message")).ToHaveCountAsync(3);
        await Expect(page.Locator(".message.is-open")).ToHaveCountAsync(1);
        await Expect(page.Locator(".message.is-open .plain-body")).ToContainTextAsync("Oui.");
        await Expect(page.Locator(".plain-body")).Not.ToContainTextAsync("Deuxième.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what was quoted" }).ClickAsync();
        await Expect(page.Locator(".plain-quote-1")).ToHaveTextAsync("Deuxième.");
        await page.Locator(".message-line").First.ClickAsync();
        await Expect(page.Locator(".message.is-open")).ToHaveCountAsync(2);
        await mail.ShootAsync("conversation-en");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the list" }).First.ClickAsync();
        await Expect(mail.Rows.First).Not.ToHaveClassAsync(new Regex("is-unread"));
    }

    [Fact]
    public async Task Everything_works_by_keyboard_alone()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Older", Text: "Older one.") { Date = TimeProvider.System.GetUtcNow().AddHours(-2) }, new TestMessage("Talk", Text: "One.", Id: "a@t.test") { Flags = "\\Seen" }, new TestMessage("Re: Talk", Text: "Two.", Id: "b@t.test", Thread: "a@t.test"), Html("Frame", "<p>In a <b>frame</b></p>") with { Date = TimeProvider.System.GetUtcNow() }));
        var page = mail.Page;
        await Expect(mail.Rows).ToHaveCountAsync(3);
        await mail.PressAsync("j", "Enter");
        await Expect(page.Locator(".conversation h1")).ToHaveTextAsync(new Regex("Frame|Talk"));
        if (await page.Locator(".conversation h1").InnerTextAsync() == "Frame") await mail.PressAsync("j");
        await Expect(page.Locator(".conversation h1")).ToContainTextAsync("Talk");
        await mail.PressAsync("j");
        await Expect(page.Locator(".conversation h1")).ToContainTextAsync("Older");
        await mail.PressAsync("k");
        await Expect(page.Locator(".conversation h1")).ToContainTextAsync("Talk");
        await Expect(page.Locator(".message.is-open .plain-body")).ToContainTextAsync("Two.");
        await mail.PressAsync("p");
        await Expect(page.Locator(".message").First).ToBeFocusedAsync();
        await mail.PressAsync("o");
        await Expect(page.Locator(".message.is-open")).ToHaveCountAsync(2);
        await mail.PressAsync("n", "o");
        await Expect(page.Locator(".message.is-open")).ToHaveCountAsync(1);
        await mail.PressAsync("p", "s");
        await Expect(page.Locator(".message .is-starred")).ToHaveCountAsync(1);
        await mail.PressAsync("u");
        await Expect(mail.Rows).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Keys_work_while_the_focus_is_in_the_frame_of_a_message()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Html("Frame", "<p>In a <a href='https://a.test/x'>link</a></p>")));
        await mail.Row("Frame").ClickAsync();
        var link = mail.Page.FrameLocator("iframe.message-frame").Locator("a");
        await link.FocusAsync();
        await Expect(mail.Page.Locator(".link-target")).ToHaveTextAsync("https://a.test/x");
        await mail.Page.Keyboard.PressAsync("u");
        await Expect(mail.Rows).ToHaveCountAsync(1);
        await Expect(mail.Page.Locator(".conversation")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("en-GB", 1280, "Show")]
    [InlineData("fr-FR", 375, "Afficher")]
    public async Task A_newsletter_looks_as_it_was_meant_and_asks_nobody_before_its_reader_does(string locale, int width, string show)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Html("La Gazette de juillet", Newsletter)), width, locale: locale);
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        var page = mail.Page;
        await mail.Rows.First.ClickAsync();
        var frame = page.FrameLocator("iframe.message-frame");
        await Expect(frame.Locator(".top")).ToHaveCSSAsync("background-color", "rgb(18, 52, 86)");
        await Expect(frame.Locator("td").Last).ToHaveCSSAsync("color", "rgb(51, 51, 51)");
        await Expect(frame.Locator("a")).ToHaveAttributeAsync("rel", "noopener noreferrer");
        await Expect(frame.Locator("img")).Not.ToHaveAttributeAsync("src", new Regex("."));
        await mail.ShootAsync($"newsletter-{locale}-{width}");
        await page.WaitForFunctionAsync(Fitted);
        await page.WaitForFunctionAsync("() => document.querySelector('iframe.message-frame').clientHeight > 100");
        Assert.True(await mail.FitsAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = show, Exact = true }).ClickAsync();
        await Expect(frame.Locator("img")).ToHaveAttributeAsync("src", new Regex("^/mail/image\\?u=https%3A%2F%2Fgazette.test%2Fa.png&e=\\d+&s="));
        await Expect(page.Locator(".message-banner")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Images_of_a_sender_can_be_shown_always()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Html("First", Newsletter) with { Date = TimeProvider.System.GetUtcNow().AddHours(-1) }, Html("Second", Newsletter), Html("Third", Newsletter) with { From = "Ben <other@example.test>" }));
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        var page = mail.Page;
        await mail.Row("First").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Always for ben@example.test" }).ClickAsync();
        await mail.PressAsync("u");
        await mail.Row("Second").ClickAsync();
        await Expect(page.FrameLocator("iframe.message-frame").Locator("img")).ToHaveAttributeAsync("src", new Regex("^/mail/image"));
        await mail.PressAsync("u");
        await mail.Row("Third").ClickAsync();
        await Expect(page.Locator(".message-banner")).ToContainTextAsync("1 image is hidden");
    }

    [Fact]
    public async Task Pictures_within_the_message_are_shown_and_quotes_fold()
    {
        var html = "<p>Here: <img src=\"cid:pic@x\" width=20 height=20></p><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Monday, Anna wrote:</div><blockquote>What did you say?</blockquote></div>";
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Parts("Picture", "related", TextPart(html, "text/html"), $"Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n{Png}")));
        await mail.Row("Picture").ClickAsync();
        var frame = mail.Page.FrameLocator("iframe.message-frame");
        await Expect(frame.Locator("img")).ToHaveAttributeAsync("src", new Regex("^blob:"));
        await mail.Page.WaitForFunctionAsync("() => document.querySelector('iframe.message-frame').contentDocument.querySelector('img').naturalWidth === 1");
        await Expect(mail.Page.Locator(".attachments")).ToHaveCountAsync(0);
        await Expect(frame.GetByText("What did you say?")).ToBeHiddenAsync();
        await mail.Page.WaitForFunctionAsync(Fitted);
        var before = await mail.Page.Locator("iframe.message-frame").EvaluateAsync<int>("frame => frame.clientHeight");
        await frame.Locator("summary").ClickAsync();
        await Expect(frame.GetByText("What did you say?")).ToBeVisibleAsync();
        await mail.Page.WaitForFunctionAsync("before => document.querySelector('iframe.message-frame').clientHeight > before", before);
    }

    [Fact]
    public async Task A_message_is_readable_on_a_dark_page()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Html("Plain HTML", "<p>No colours here</p>"), Html("Coloured", Newsletter)));
        await mail.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await mail.Row("Plain HTML").ClickAsync();
        var root = mail.Page.FrameLocator("iframe.message-frame").Locator("html");
        await Expect(root).ToHaveAttributeAsync("data-dark", "own");
        await mail.PressAsync("u");
        await mail.Row("Coloured").ClickAsync();
        await Expect(root).ToHaveAttributeAsync("data-dark", "turned");
        await mail.ShootAsync("newsletter-dark");
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "More for this message" }).ClickAsync();
        await mail.Page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Colours as written" }).ClickAsync();
        await Expect(root).Not.ToHaveAttributeAsync("data-dark", new Regex("."));
    }

    [Theory]
    [InlineData("en-GB", "the name shows service@bank.example, but the message comes from x@evil.test", "is made to look like another one", "xn--80ak6aa92e.com")]
    [InlineData("fr-FR", "le nom affiche service@bank.example, mais le message vient de x@evil.test", "imite un autre domaine", "xn--80ak6aa92e.com")]
    public async Task Senders_that_are_not_who_they_say_are_told_of(string locale, string spoofed, string lookalike, string domain)
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Spoofed", "\"service@bank.example\" <x@evil.test>"), new TestMessage("Lookalike", "Apple <id@xn--80ak6aa92e.com>"), Html("Link", "<a href='https://evil.test/x'>https://bank.example/login</a>")), locale: locale);
        var page = mail.Page;
        await mail.Row("Spoofed").ClickAsync();
        await Expect(page.Locator(".message-banner.is-danger")).ToContainTextAsync(spoofed);
        await Expect(page.Locator(".message-address")).ToHaveTextAsync("<x@evil.test>");
        await mail.ShootAsync("spoofed-" + locale);
        await mail.PressAsync("u");
        await mail.Row("Lookalike").ClickAsync();
        await Expect(page.Locator(".message-banner.is-danger")).ToContainTextAsync(lookalike);
        await Expect(page.Locator(".message-address")).ToContainTextAsync(domain);
        await mail.PressAsync("u");
        await mail.Row("Link").ClickAsync();
        await Expect(page.FrameLocator("iframe.message-frame").Locator(".facteur-target")).ToContainTextAsync("evil.test");
    }

    [Fact]
    public async Task Attachments_are_shown_without_any_program()
    {
        var inner = Base64("From: Zoe <zoe@example.test>\r\nSubject: Inside\r\nContent-Type: text/plain\r\n\r\nInner text.\r\n");
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Parts("Files", "mixed", TextPart("See attached."),
            FilePart("photo.png", "image/png", Png), FilePart("notes.txt", "text/plain", Base64("Some notes")), FilePart("talk.eml", "application/octet-stream", inner), FilePart("winmail.dat", "application/ms-tnef", Winmail()), FilePart("setup.exe", "application/octet-stream", Base64("MZ")))));
        var page = mail.Page;
        await mail.Row("Files").ClickAsync();
        await Expect(page.Locator(".attachments h3")).ToContainTextAsync("5 attachments");
        await mail.ShootAsync("attachments");
        async Task ShowAsync(string name, ILocator expected)
        {
            await page.Locator(".attachment-main", new() { HasText = name }).ClickAsync();
            await Expect(expected).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        }
        await ShowAsync("photo.png", page.Locator("dialog .preview img"));
        await ShowAsync("notes.txt", page.Locator("dialog pre", new() { HasText = "Some notes" }));
        await ShowAsync("talk.eml", page.Locator("dialog .attached-message", new() { HasText = "Inner text." }));
        await ShowAsync("winmail.dat", page.Locator("dialog .winmail", new() { HasText = "plan.txt" }));
        await page.Locator(".attachment-main", new() { HasText = "setup.exe" }).ClickAsync();
        await Expect(page.Locator("dialog")).ToContainTextAsync("This file may be harmful");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download anyway" }).ClickAsync());
        Assert.Equal("setup.exe", download.SuggestedFilename);
    }

    [Theory]
    [InlineData("en-GB", "Yes", "Tuesday")]
    [InlineData("fr-FR", "Oui", "mardi")]
    public async Task An_invitation_is_answered_with_one_button(string locale, string yes, string day)
    {
        await using var mail = await MailBrowser.OpenAsync(world, locale: locale);
        await mail.Mailbox.AppendAsync(Parts("Invitation: Point projet", "alternative", TextPart("You are invited."), TextPart(Invitation(mail.Address), "text/calendar; method=REQUEST")));
        var page = mail.Page;
        await mail.Rows.First.ClickAsync();
        var card = page.Locator(".invitation");
        await Expect(card).ToContainTextAsync("Point projet");
        await Expect(card).ToContainTextAsync(day);
        await Expect(card).ToContainTextAsync("14:30");
        await Expect(card).ToContainTextAsync("Salle B");
        await mail.ShootAsync("invitation-" + locale);
        await card.GetByRole(AriaRole.Button, new() { Name = yes, Exact = true }).ClickAsync();
        await Expect(card.GetByRole(AriaRole.Button, new() { Name = yes, Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
        await mail.PressAsync("g", "t");
        await Expect(page.Locator(".conversation")).ToHaveCountAsync(0);
        await Expect(page).ToHaveTitleAsync(new Regex("Sent|Envoyés"));
        await mail.ListedAsync();
        await mail.Rows.First.ClickAsync();
        await Expect(page.Locator(".message.is-open .plain-body").First).ToContainTextAsync("Point projet");
    }

    [Fact]
    public async Task The_original_says_where_a_message_comes_from()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Checked") { More = "Authentication-Results: localhost; spf=pass smtp.mailfrom=example.test;\r\n dkim=fail reason=\"body hash\" header.d=example.test; dmarc=fail header.from=example.test\r\n" }));
        var page = mail.Page;
        await mail.Row("Checked").ClickAsync();
        await Expect(page.Locator(".message-banner.is-danger")).ToContainTextAsync("may be forged");
        await page.GetByRole(AriaRole.Button, new() { Name = "More for this message" }).ClickAsync();
        await mail.ShootAsync("message-menu");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Show original" }).ClickAsync();
        await Expect(page.Locator(".checks")).ToContainTextAsync("a server that example.test allows to send for it");
        await Expect(page.Locator(".checks")).ToContainTextAsync("The signature of example.test does not hold");
        await Expect(page.Locator(".original-source")).ToContainTextAsync("Subject: Checked");
        await mail.ShootAsync("original");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download the message" }).ClickAsync());
        Assert.EndsWith(".eml", download.SuggestedFilename, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_telephone_a_conversation_fits()
    {
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(
            new TestMessage("Une très longue ligne d’objet qui ne tient pas sur un téléphone", "Benoît Martin-Delacroix <benoit.martin-delacroix@exemple.test>", "Bonjour,\r\n\r\nhttps://exemple.test/" + new string('a', 200) + "\r\n\r\nÀ bientôt\r\n-- \r\nBen", "1@tel.test") { Flags = "\\Seen" },
            Html("Re: Une très longue ligne d’objet qui ne tient pas sur un téléphone", "<p>Réponse</p>" + Newsletter) with { Thread = "1@tel.test" }), 375, 700, "fr-FR", isTouch: true);
        mail.IsExpected = what => what.Contains("Failed to load resource", StringComparison.Ordinal);
        await mail.Rows.First.TapAsync();
        await Expect(mail.Page.Locator(".message.is-open iframe.message-frame")).ToBeVisibleAsync();
        await Expect(mail.Page.FrameLocator("iframe.message-frame").GetByText("Réponse")).ToBeVisibleAsync();
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("conversation-fr-375");
        await mail.Page.Locator(".message-line").First.TapAsync();
        await Expect(mail.Page.Locator(".message.is-open")).ToHaveCountAsync(2);
        Assert.True(await mail.FitsAsync());
        await mail.ShootAsync("conversation-fr-375-open");
    }
}
