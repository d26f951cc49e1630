using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Answers and forwards: for whom, in which conversation, with what of the message.</summary>
public sealed class WritingAnswerTests(BrowserWorld world)
{
    private const string Html = "<html><head><style>p { color: red }</style></head><body><p style=\"color: green\">Bonjour <script>document.title = 'x'</script><b>Anna</b></p><img src=\"https://tracker.example/x.png\"></body></html>";

    [Fact]
    public async Task An_answer_stays_in_its_conversation_and_repeats_the_message()
    {
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, mailbox => mailbox.AppendAsync(
            new TestMessage("RE : Vacances", From: $"\"Ami, l'\" <{friend}>", Text: Html, Id: "origine@exemple.test", Thread: "avant@exemple.test") { ContentType = "text/html; charset=utf-8" }));
        var desk = new WritingDesk(browser);
        await desk.AnswerAsync("RE : Vacances", "r");
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Re: Vacances");
        await Assertions.Expect(desk.Text).ToBeFocusedAsync();
        await browser.Page.Keyboard.TypeAsync("Oui, avec plaisir.");
        await browser.ShootAsync("compose-reply");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("In-Reply-To: <origine@exemple.test>", message, StringComparison.Ordinal);
        Assert.Contains("References: <avant@exemple.test> <origine@exemple.test>", message, StringComparison.Ordinal);
        Assert.Contains("> Bonjour Anna", message, StringComparison.Ordinal);
        var html = message.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        Assert.True(html.Contains("<blockquote type=\"cite\">", StringComparison.Ordinal), html);
        Assert.Contains("color: green", html, StringComparison.Ordinal);
        Assert.Contains("https://tracker.example/x.png", html, StringComparison.Ordinal);
        Assert.DoesNotContain("document.title", html, StringComparison.Ordinal);
        await desk.MarkedAsync("$answered", 1);
    }

    [Fact]
    public async Task An_answer_to_all_leaves_out_oneself()
    {
        var (friend, other) = (await world.AddAccountAsync(), await world.AddAccountAsync());
        await using var browser = await MailBrowser.OpenAsync(world);
        var me = browser.Address;
        await browser.Mailbox.DeliverAsync(new TestMessage("Équipe", From: friend) { To = $"{me}, Autre <{other}>", More = $"Cc: {me.ToUpperInvariant()}\r\n" });
        await browser.Row("Équipe").WaitForAsync();
        var desk = new WritingDesk(browser);
        await desk.AnswerAsync("Équipe", "a");
        await Assertions.Expect(desk.Window.Locator("[data-field=to] .chip")).ToHaveTextAsync([friend]);
        await Assertions.Expect(desk.Window.Locator("[data-field=cc] .chip")).ToHaveTextAsync(["Autre"]);
        await Assertions.Expect(desk.Text).ToBeFocusedAsync();
        await browser.Page.Keyboard.TypeAsync("D'accord.");
        await desk.Send.ClickAsync();
        Assert.Contains("D'accord.", await desk.ArrivedAsync(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forward_takes_its_attachments_along()
    {
        const string Text = "--b\r\nContent-Type: text/plain\r\n\r\nVoir le fichier.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gUERG\r\n--b--";
        var friend = await world.AddAccountAsync();
        await using var browser = await MailBrowser.OpenAsync(world, mailbox => mailbox.AppendAsync(new TestMessage("TR : Dossier", Text: Text) { ContentType = "multipart/mixed; boundary=b" }));
        var desk = new WritingDesk(browser);
        await desk.AnswerAsync("TR : Dossier", "f");
        await Assertions.Expect(desk.Field("subject")).ToHaveValueAsync("Fwd: Dossier");
        await Assertions.Expect(desk.Window.Locator(".attached-file")).ToContainTextAsync("a.pdf");
        await desk.Field("to").FillAsync(friend);
        await desk.Field("to").PressAsync("Enter");
        await browser.ShootAsync("compose-forward");
        await desk.Send.ClickAsync();
        await desk.ToastAsync("Message sent.");
        var message = await desk.ArrivedAsync(friend);
        Assert.Contains("---------- Forwarded message ----------", message, StringComparison.Ordinal);
        Assert.Contains("SGVsbG8gUERG", message, StringComparison.Ordinal);
        await desk.MarkedAsync("$forwarded", 1);
    }
}
