using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>
/// A world whose browser has a resolv.conf of its own, with a name server that listens to every look-up: those that come before a request, and those without one (dns-prefetch, preconnect, STUN).
/// The browser runs in a mount name space for that, which needs root, as does port 53; without it pages are only watched.
/// </summary>
public sealed class WatchedWorld : BrowserWorld
{
    /// <summary>What tests ask for themselves.</summary>
    private const string Own = ".control.test";

    /// <summary>Whom Chromium asks for itself, whatever the pages: its makers, and the search engine that Debian sets.</summary>
    private static readonly string[] makers = [".googleapis.com", ".google.com", ".gvt1.com", ".duckduckgo.com"];

    /// <summary>How often a browser is started until one can be driven.</summary>
    private const int Attempts = 4;

    private readonly string folder = Directory.CreateTempSubdirectory("facteur-watched-").FullName;
    private NameListener? names;
    private Process? process;
    private int marks;

    /// <summary>Null where the browser cannot be given a name server.</summary>
    internal NameListener? Names => names;

    private protected override async Task<IBrowser> LaunchAsync(IPlaywright playwright, IReadOnlyList<string> switches)
    {
        if (!Environment.IsPrivilegedProcess) return await base.LaunchAsync(playwright, switches);
        names = new NameListener();
        var resolvers = Path.Combine(folder, "resolv.conf");
        await File.WriteAllTextAsync(resolvers, $"nameserver {names.Address}\noptions attempts:1\n");
        for (var attempt = 1; ; attempt++)
        {
            var address = await StartAsync(resolvers, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"profile{attempt}")), switches);
            try
            {
                return await playwright.Chromium.ConnectOverCDPAsync(address, new() { Timeout = Patience.DoneMilliseconds / 3 });
            }
            catch (TimeoutException) when (attempt < Attempts)
            {
                // A Chromium that takes the connection and never tells of its pages: so it stays.
                await StopAsync();
            }
        }
    }

    /// <summary>Starts the browser; answers the address at which it is driven.</summary>
    private async Task<string> StartAsync(string resolvers, string profile, IReadOnlyList<string> switches)
    {
        // Without the switches that tests usually run it with: some of them keep it from looking names up ahead.
        var start = new ProcessStartInfo("unshare") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--mount", "sh", "-c", "mount --bind \"$0\" \"$(readlink -f /etc/resolv.conf)\" && exec \"$@\"", resolvers, Program, "--headless", "--no-first-run", "--remote-debugging-port=0", "--user-data-dir=" + profile, .. switches])
            start.ArgumentList.Add(argument);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Split("DevTools listening on ") is [_, var found]) address.TrySetResult(found);
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return await address.Task.WaitAsync(TimeSpan.FromMinutes(3));
    }

    /// <summary>The context of somebody who just started the browser: in it hints of pages (dns-prefetch, preconnect) are followed, in those that tests make they are not. Null where nothing is listened to.</summary>
    internal async Task<IBrowserContext?> UsualContextAsync()
    {
        var browser = await BrowserAsync();
        return names is null ? null : browser.Contexts[0];
    }

    /// <summary>A name that no other test asks for.</summary>
    internal string Mark(string what) => string.Create(CultureInfo.InvariantCulture, $"{what}{Interlocked.Increment(ref marks)}{Own}");

    /// <summary>All that the browser looked up, but for what <see cref="Mark"/> made: once it asked for something more, which comes after all before.</summary>
    internal async Task<IReadOnlyList<string>> LookedUpAsync()
    {
        var browser = await BrowserAsync();
        if (names is null) return [];
        await using var context = await browser.NewContextAsync();
        var mark = Mark("last");
        await (await context.NewPageAsync()).SetContentAsync($"<img src=\"https://{mark}/\">", new PageSetContentOptions { WaitUntil = WaitUntilState.Commit });
        await names.WaitAsync(mark);
        return [.. names.Asked.Distinct().Where(name => !name.EndsWith(Own, StringComparison.Ordinal) && !Array.Exists(makers, maker => name.EndsWith(maker, StringComparison.Ordinal)))];
    }

    private async Task StopAsync()
    {
        if (process is null) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    protected override async ValueTask EndAsync()
    {
        await StopAsync();
        if (names is not null) await names.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
