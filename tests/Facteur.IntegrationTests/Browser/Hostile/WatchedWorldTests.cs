using System.Globalization;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>What listens for look-ups hears them: a page that does all that messages must not do is heard in each of its ways. Without this, silence would prove nothing.</summary>
public sealed class WatchedWorldTests(WatchedWorld world)
{
    [Fact]
    public async Task Every_way_to_have_a_name_looked_up_is_heard()
    {
        Programs.Require("chromium", "openssl", "unshare");
        var context = await world.UsualContextAsync();
        Assert.SkipUnless(context is not null, "a browser with a resolv.conf of its own needs root");
        var names = world.Names!;
        string[] ways = ["prefetch", "preconnect", "style", "image", "font", "ping", "stun"];
        var marks = ways.ToDictionary(way => way, world.Mark);
        var page = await context!.NewPageAsync();
        // Hints without a request: our own page with its own policy, which is no help against them.
        var port = (await world.ServerAsync()).Port("https");
        await page.GotoAsync(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}/signin"));
        await page.EvaluateAsync("hints => { for (const [rel, href] of hints) document.head.append(Object.assign(document.createElement('link'), { rel, href })); }",
            new[] { new[] { "dns-prefetch", "//" + marks["prefetch"] }, ["preconnect", "https://" + marks["preconnect"]] });
        foreach (var way in ways[..2]) await names.WaitAsync(marks[way]);
        // The others need a page without one.
        await page.GotoAsync("about:blank");
        await page.SetContentAsync($$"""
            <style>@font-face { font-family: f; src: url(https://{{marks["font"]}}/f) } p { background: url(https://{{marks["style"]}}/s); font-family: f }</style><p>x</p><img src="https://{{marks["image"]}}/i">
            """, new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        await page.EvaluateAsync($$"""
            () => {
              navigator.sendBeacon("https://{{marks["ping"]}}/b");
              globalThis.connection = new RTCPeerConnection({ iceServers: [{ urls: "stun:{{marks["stun"]}}" }] });
              connection.createDataChannel("x");
              connection.createOffer().then(offer => connection.setLocalDescription(offer));
            }
            """);
        foreach (var way in ways) await names.WaitAsync(marks[way]);
        await page.CloseAsync();
    }
}
