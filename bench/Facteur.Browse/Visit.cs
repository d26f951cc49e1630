using Microsoft.Playwright;

namespace Facteur.Browse;

/// <summary>When the first list was there, in milliseconds since the navigation began, and what it took.</summary>
/// <param name="Shown">The browser's own count of when the last text of the first rows was on the screen; of rows that were gone before it could tell, the first contentful paint, which they are.</param>
/// <param name="AtWork">The script has drawn them, with keys and buttons; what it took is counted until then.</param>
/// <param name="FirstPaint">First contentful paint.</param>
/// <param name="LargestPaint">Largest contentful paint until then.</param>
internal sealed record FirstList(double Rows, double Shown, double AtWork, double FirstPaint, double LargestPaint, double ScriptOctets, double Octets, int Requests);

/// <summary>Somebody who is signed in comes with a browser that has kept nothing else: a new profile with the cookies of before.</summary>
internal sealed class Visit : IAsyncDisposable
{
    /// <summary>On a machine ten times slower than usual nothing is to fail for want of time.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    private readonly IBrowserContext context;
    private readonly Webmail site;
    private readonly NetworkTally tally;

    private Visit(Webmail site, IBrowserContext context, IPage page, ICDPSession protocol) =>
        (this.site, this.context, Page, Protocol, tally) = (site, context, page, protocol, new NetworkTally(protocol));

    public IPage Page { get; }

    public ICDPSession Protocol { get; }

    public static async Task<Visit> BeginAsync(Webmail site, Throttle? throttle = null)
    {
        var context = await site.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 }, Locale = "en-GB", TimezoneId = "Europe/Paris" });
        context.SetDefaultTimeout((float)patience.TotalMilliseconds);
        if (site.Cookies.Count > 0) await context.AddCookiesAsync(site.Cookies);
        await context.AddInitScriptAsync(site.Script);
        var page = await context.NewPageAsync();
        var protocol = await context.NewCDPSessionAsync(page);
        var visit = new Visit(site, context, page, protocol);
        await protocol.SendAsync("Network.enable");
        if (throttle is not null) await visit.SlowDownAsync(throttle);
        return visit;
    }

    /// <summary>Goes to the list and waits until its first rows are painted.</summary>
    public async Task<FirstList> ListAsync()
    {
        await Page.GotoAsync(site.ListAddress, new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        var rows = await InTime(Page.EvaluateAsync<double>("() => __probe.firstRows"));
        var atWork = await InTime(Page.EvaluateAsync<double>("() => __probe.atWork"));
        var times = await Page.EvaluateAsync<double[]>("() => [performance.timeOrigin, performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, __probe.largest, __probe.shown || (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)]");
        var (scripts, octets, requests) = await InTime(tally.UntilAsync(times[0] + atWork));
        return new FirstList(rows, times[3], atWork, times[1], times[2], scripts, octets, requests);
    }

    /// <summary>Milliseconds from what is done (a key, a button of the mouse) to the frame in which a state of the page is painted.</summary>
    /// <param name="state">A function of the site's script.</param>
    public async Task<double> TimeAsync(string state, object? argument, Func<Task> act)
    {
        await Page.EvaluateAsync("([state, argument]) => __probe.await(state, argument)", new[] { state, argument });
        await act();
        return await InTime(Page.EvaluateAsync<double>("() => __probe.awaited"));
    }

    /// <summary>The same from the button of a mouse that was brought there.</summary>
    public async Task<double> TimeClickAsync(string state, object? argument, ILocator target)
    {
        await target.HoverAsync();
        await RestAsync();
        return await TimeAsync(state, argument, () => target.ClickAsync());
    }

    /// <summary>Waits for a state of the page.</summary>
    public Task ReachAsync(string state, object? argument = null) => TimeAsync(state, argument, () => Task.CompletedTask);

    /// <summary>As long as somebody who is quick stays with what is on the screen before the next key or button.</summary>
    public static Task RestAsync() => Task.Delay(250);

    /// <summary>Milliseconds from a key to the highlight on another row.</summary>
    public async Task<double> TimeHighlightAsync(string key)
    {
        await Page.EvaluateAsync("() => __probe.awaitHighlight()");
        await Page.Keyboard.PressAsync(key);
        return await InTime(Page.EvaluateAsync<double>("() => __probe.awaited"));
    }

    /// <summary>Octets of the page's objects once all that nobody holds is gone.</summary>
    public async Task<double> HeapAsync()
    {
        await Protocol.SendAsync("HeapProfiler.enable");
        // What the first one sets free lets go of more.
        for (var round = 0; round < 3; round++) await Protocol.SendAsync("HeapProfiler.collectGarbage");
        await Protocol.SendAsync("Performance.enable");
        var metrics = (await Protocol.SendAsync("Performance.getMetrics"))!.Value;
        return metrics.GetProperty("metrics").EnumerateArray().First(metric => metric.GetProperty("name").GetString() == "JSHeapUsedSize").GetProperty("value").GetDouble();
    }

    public async ValueTask DisposeAsync()
    {
        // Some webmails change their cookies as one goes along.
        site.Cookies = Webmail.ToSet(await context.CookiesAsync());
        await context.DisposeAsync();
    }

    private async Task SlowDownAsync(Throttle throttle)
    {
        await Protocol.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false, ["latency"] = throttle.RoundTripMs, ["downloadThroughput"] = throttle.Down, ["uploadThroughput"] = throttle.Up,
        });
        await Protocol.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = throttle.Processor });
    }

    private static async Task<T> InTime<T>(Task<T> task) => await task.WaitAsync(patience, TimeProvider.System);
}
