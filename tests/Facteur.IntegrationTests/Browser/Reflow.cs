using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>
/// What WCAG 2.2, 1.4.10 asks of a page 320 CSS pixels wide: nothing has to be scrolled sideways but tables and sources within a frame of their own, and nothing is lost
/// for it: what can be pressed or written in stands within the window, is not cut off, and is not under another such.
/// </summary>
internal static class Reflow
{
    private const string Found =
        """
        () => {
          const found = [], width = innerWidth;
          const name = (one) => `${one.tagName.toLowerCase()}${one.id ? "#" + one.id : ""}.${[...one.classList].join(".")} "${(one.getAttribute("aria-label") ?? one.textContent ?? "").trim().slice(0, 40)}"`;
          for (const root of [document.documentElement, document.body])
            if (root.scrollWidth > width) found.push(`${name(root).slice(0, 4)} is ${root.scrollWidth} wide`);
          const isShown = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && one.getBoundingClientRect().width > 1 && one.closest("[inert]") === null;
          // What scrolls sideways within its own frame.
          const isSide = (one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1;
          const frame = (one) => { for (let above = one.parentElement; above !== null; above = above.parentElement) if (isSide(above)) return above; return null; };
          for (const one of document.querySelectorAll("body *")) {
            if (!isSide(one) || !isShown(one) || one.matches("input, textarea")) continue;
            const isTable = one.matches("table, pre, code") || one.querySelector("table, pre, code") !== null;
            const isStrip = one.scrollHeight <= one.clientHeight + 1;
            if (!isTable && !isStrip) found.push(`has to be scrolled both ways: ${name(one)}`);
          }
          const parts = [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button], [role=menuitem], [role=menuitemradio], [role=option], [role=tab]")].filter((one) => isShown(one) && frame(one) === null);
          for (const part of parts) {
            const { left, right } = part.getBoundingClientRect();
            if (right <= 0) continue; // a link to the content, which comes in with the focus
            if (left < -1 || right > width + 1) found.push(`stands out, ${Math.round(left)} to ${Math.round(right)}: ${name(part)}`);
            const { overflowX, textOverflow } = getComputedStyle(part);
            if (part.matches("button, summary, [role=button]") && overflowX !== "visible" && textOverflow !== "ellipsis" && part.scrollWidth > part.clientWidth + 1) found.push(`is cut off: ${name(part)}`);
          }
          // Text that its box does not hold, and that no dots show to go on.
          for (const one of document.querySelectorAll("main h1, main h2, main h3, main p, main li, main label, main dt, main dd, main th, main td, .dialog h2, .dialog p, .dialog label")) {
            if (!isShown(one) || frame(one) !== null || one.closest("table, pre, .visually-hidden, iframe") !== null) continue;
            const { overflowX, textOverflow } = getComputedStyle(one);
            if (overflowX !== "visible" && textOverflow === "clip" && one.scrollWidth > one.clientWidth + 1) found.push(`its text is cut off: ${name(one)}`);
          }
          // Links in a text have boxes that reach over whole lines.
          const boxes = parts.filter((one) => getComputedStyle(one).display !== "inline");
          for (const part of boxes)
            for (const other of boxes) {
              if (part === other || part.parentElement !== other.parentElement || part.compareDocumentPosition(other) & 2) continue;
              const a = part.getBoundingClientRect(), b = other.getBoundingClientRect();
              if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2) found.push(`lie over each other: ${name(part)} and ${name(other)}`);
            }
          return found.slice(0, 20);
        }
        """;

    /// <summary>Fails on what does not fit the window once all has found its place.</summary>
    /// <param name="screen">What is looked at, for the message.</param>
    public static async Task CheckAsync(IPage page, string screen)
    {
        await Patience.UntilAsync("", async () => string.Join('\n', (await page.EvaluateAsync<string[]>(Found)).Select(one => $"{screen}, {page.ViewportSize?.Width} pixels wide: {one}")));
    }
}
