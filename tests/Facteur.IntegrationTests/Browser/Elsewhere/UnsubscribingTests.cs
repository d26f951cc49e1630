using System.Text;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>Leaving a mailing list by one button (RFC 8058): our server posts, and the list learns nothing else.</summary>
public sealed class UnsubscribingTests(ConnectedWorld world)
{
    [Theory]
    [InlineData(1280, "en-GB", "Unsubscribe", "was told that you unsubscribe")]
    [InlineData(375, "fr-FR", "Se désabonner", "désabonnement")]
    public async Task A_list_is_left_by_one_button_and_told_by_our_server(int width, string locale, string leave, string done)
    {
        await using var list = await world.StartHostAsync();
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Letter(list)), width, locale: locale, isTouch: width < 500);
        await mail.Rows.First.ClickAsync();
        var button = mail.Page.GetByRole(AriaRole.Button, new() { Name = leave, Exact = true });
        await mail.ShootAsync($"unsubscribe-{locale}-{width}");
        Assert.True(await mail.FitsAsync());
        await button.FocusAsync();
        await mail.PressAsync("Enter");
        var asked = await list.NextAsync();
        Assert.Equal(("POST", "/leave?who=42", "List-Unsubscribe=One-Click"), (asked.Method, asked.Target, Encoding.ASCII.GetString(asked.Body)));
        Assert.Equal("application/x-www-form-urlencoded", asked.Headers["Content-Type"]);
        Assert.DoesNotContain(asked.Headers.Keys, name => name.ToUpperInvariant() is "COOKIE" or "REFERER" or "ORIGIN" or "AUTHORIZATION" or "X-FORWARDED-FOR");
        await Assertions.Expect(mail.Page.Locator(".message-banner")).ToContainTextAsync(done);
        await Assertions.Expect(button).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_list_that_refuses_leaves_its_own_page_to_try()
    {
        await using var list = await world.StartHostAsync();
        list.Status = 404;
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(Letter(list)));
        await mail.Rows.First.ClickAsync();
        var button = mail.Page.GetByRole(AriaRole.Button, new() { Name = "Unsubscribe", Exact = true });
        await button.ClickAsync();
        Assert.Equal("POST", (await list.NextAsync()).Method);
        await Assertions.Expect(mail.Toast.Locator(".toast-action")).ToBeVisibleAsync();
        await Assertions.Expect(button).ToBeEnabledAsync();
    }

    [Fact]
    public async Task A_letter_whose_signature_does_not_cover_it_makes_our_server_ask_nobody()
    {
        await using var list = await world.StartHostAsync();
        var forged = Letter(list);
        await using var mail = await MailBrowser.OpenAsync(world, box => box.AppendAsync(forged with { More = forged.More.Replace("dkim=pass", "dkim=fail", StringComparison.Ordinal) }));
        await mail.Rows.First.ClickAsync();
        await mail.Page.GetByRole(AriaRole.Button, new() { Name = "Unsubscribe", Exact = true }).ClickAsync();
        await Assertions.Expect(mail.Toast.Locator(".toast-action")).ToBeVisibleAsync();
        // The first that comes is the one that is asked for here.
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        await client.GetAsync(list.UrlOf("/last"));
        Assert.Equal("/last", (await list.NextAsync()).Target);
    }

    /// <summary>As it lies in the mailbox once our server saw its signature pass.</summary>
    private static TestMessage Letter(OtherHost list) => new("News of July", "The Gazette <news@list.test>", "What happened in July.")
    {
        More = "Authentication-Results: localhost; spf=pass smtp.mailfrom=list.test;\r\n dkim=pass header.d=list.test header.s=k1 header.a=rsa-sha256 header.b=QUJDREVG\r\n"
            + "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=list.test; s=k1;\r\n h=From:Subject:List-Unsubscribe:List-Unsubscribe-Post;\r\n bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n b=QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\r\n"
            + $"List-Unsubscribe: <{list.UrlOf("/leave?who=42")}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    };
}
