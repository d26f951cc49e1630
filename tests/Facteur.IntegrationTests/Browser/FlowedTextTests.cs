using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Plain text that flows (RFC 3676), written and read; and invitations of a zone of their own.</summary>
public sealed class FlowedTextTests(BrowserWorld world)
{
    [Fact]
    public async Task Plain_text_is_sent_so_that_it_flows_and_read_as_it_was_written()
    {
        const string Text = "Un premier paragraphe qui est assez long pour ne pas tenir sur une seule ligne de soixante-douze signes, comme on en ecrit.";
        await using var browser = await MailBrowser.OpenAsync(world);
        await browser.BegunAsync();
        var desk = new WritingDesk(browser);
        await desk.OpenAsync();
        await desk.FillAsync(browser.Address, "Au kilometre", "");
        await desk.Window.GetByRole(AriaRole.Button, new() { Name = "Plain text, without formatting" }).ClickAsync();
        await desk.Window.Locator("textarea").FillAsync($"{Text}\n> {Text}\n\nFrom here\n  deux espaces");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(browser.Address);
        Assert.Matches("(?i)Content-Type: text/plain;[^\r]*format=flowed|format=flowed", message);
        Assert.Contains(" \r\n> ", message, StringComparison.Ordinal);
        Assert.Contains("\r\n From here\r\n   deux espaces", message, StringComparison.Ordinal);
        Assert.All(message.Split("\r\n\r\n", 2)[1].Split("\r\n"), line => Assert.True(line.Length <= 78, line));
        await browser.Row("Au kilometre").First.ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".plain-text").First).ToHaveTextAsync(Text);
        await Assertions.Expect(browser.Page.Locator(".plain-quote")).ToHaveTextAsync(Text);
        await Assertions.Expect(browser.Page.Locator(".plain-text").Nth(1)).ToContainTextAsync("From here\n  deux espaces", new() { UseInnerText = true });
    }

    [Fact]
    public async Task An_invitation_of_a_zone_of_its_own_has_summer_time()
    {
        const string Zone = "BEGIN:VTIMEZONE\r\nTZID:Chez nous\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:-0300\r\nTZOFFSETTO:-0400\r\nEND:STANDARD\r\n"
            + "BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0300\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
        await using var mail = await MailBrowser.OpenAsync(world);
        var invitation = ReadingMessages.Invitation(mail.Address).Replace("BEGIN:VEVENT", Zone + "BEGIN:VEVENT", StringComparison.Ordinal).Replace("TZID=Europe/Paris", "TZID=Chez nous", StringComparison.Ordinal);
        await mail.Mailbox.DeliverAsync(ReadingMessages.Parts("Invitation", "alternative", ReadingMessages.TextPart("Venez."), ReadingMessages.TextPart(invitation, "text/calendar; method=REQUEST")));
        await mail.Row("Invitation").ClickAsync();
        // 14:30 three hours behind UTC is 19:30 in Paris, in July.
        await Assertions.Expect(mail.Page.Locator(".invitation")).ToContainTextAsync("19:30");
    }
}
