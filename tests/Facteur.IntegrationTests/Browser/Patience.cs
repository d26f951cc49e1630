using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What is expected is what is shown in the end, not when: the clock only ends what hangs, on the slowest of machines as well.</summary>
internal static class Patience
{
    private const int ShownMilliseconds = 120_000;

    /// <summary>For what is done in a browser.</summary>
    public const int DoneMilliseconds = 180_000;

    /// <summary>Whatever is said at the foot of the page stays for half a minute, as for somebody whose pointer rests on it.</summary>
    private const string Toasts = """
        () => {
          if (window.toastsStay) return;
          window.toastsStay = true;
          let end;
          const hold = () => {
            const toast = document.querySelector(".toast");
            if (toast === null) return;
            clearTimeout(end);
            toast.dispatchEvent(new MouseEvent("mouseenter"));
            end = setTimeout(() => toast.matches(":hover") || toast.dispatchEvent(new MouseEvent("mouseleave")), 26_000);
          };
          new MutationObserver((changes) => { if (changes.some(({ target }) => target.parentElement?.closest(".toast-line") ?? target.querySelector?.(":scope > .toast"))) hold(); })
            .observe(document.body, { childList: true, characterData: true, subtree: true });
          hold();
        }
        """;

    /// <summary>For all that is expected, and for what is done in a browser.</summary>
    public static void Begin(IBrowserContext context)
    {
        Assertions.SetDefaultExpectTimeout(ShownMilliseconds);
        context.SetDefaultTimeout(DoneMilliseconds);
        context.SetDefaultNavigationTimeout(DoneMilliseconds);
    }

    /// <summary>For what the page says, from now on until it is loaded again.</summary>
    public static Task HoldToastsAsync(IPage page) => page.EvaluateAsync(Toasts);

    /// <summary>Waits until a page is at an address and has all of its parts; whoever waits for the browser to tell of a navigation may come too late.</summary>
    /// <param name="address">Two stars stand for anything, one for anything but a slash.</param>
    public static async Task ArrivesAsync(IPage page, string address)
    {
        var pattern = new Regex("^" + Regex.Escape(address).Replace("\\*\\*", ".*", StringComparison.Ordinal).Replace("\\*", "[^/]*", StringComparison.Ordinal) + "$");
        await Assertions.Expect(page).ToHaveURLAsync(pattern, new() { Timeout = ShownMilliseconds });
        await UntilAsync("complete", async () =>
        {
            try
            {
                return await page.EvaluateAsync<string>("() => document.readyState");
            }
            catch (PlaywrightException)
            {
                // It goes on to another page.
                return "";
            }
        });
    }

    /// <summary>Asks until the answer is what is expected, or says what it was in the end.</summary>
    public static async Task UntilAsync<T>(T expected, Func<Task<T>> ask)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (; ; )
        {
            var answer = await ask();
            if (Equals(expected, answer)) return;
            if (TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds > ShownMilliseconds) Assert.Equal(expected, answer);
        }
    }
}
