using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>What must not be found after hostile mail was shown: scripts that ran, markup out of texts, whatever asks others for something, names that were looked up.</summary>
internal static class HostileChecks
{
    /// <summary>Finds what no HTML of a message may bring into the frame of a message, or of a print, whatever the browser would make of it.</summary>
    private const string InFrames = """
        selector => [...document.querySelectorAll(selector)].flatMap(frame => {
          const found = [], root = frame.contentDocument.getElementById("facteur-body");
          if (frame.getAttribute("sandbox").includes("allow-scripts")) found.push("scripts are let run");
          for (const one of frame.contentDocument.querySelectorAll("script,iframe,frame,object,embed,applet,form,input,button,select,textarea,link,base,svg,math,video,audio,source,template,dialog,noscript,area,portal,slot"))
            if (root.contains(one) || one.localName === "script") found.push(one.outerHTML.slice(0, 200));
          for (const one of root.querySelectorAll("*")) {
            for (const { name, value } of one.attributes) {
              if (/^on|^(srcdoc|formaction|ping|srcset|background|poster|data|action|xlink:href|id|name|is|popover|autofocus|contenteditable|attributionsrc)$/.test(name)) found.push(`${one.localName} ${name}=${value}`);
              if (/^(?:href|src)$/.test(name) && !/^(?:https?:|mailto:|tel:|blob:|data:image\/(?:png|jpe?g|gif|webp|avif|bmp);|\/mail\/image\?)/.test(value)) found.push(`${one.localName} ${name}=${value}`);
              if (name === "style" && /url|image-set|var\(|fixed|@|expression|binding/i.test(value.replace(/url\("https:\/\/localhost:\d+\/mail\/image\?u=[^"]*"\)/g, ""))) found.push(`${one.localName} style=${value}`);
            }
            if (one.localName === "a" && one.hasAttribute("href") && (one.target !== "_blank" || one.rel !== "noopener noreferrer")) found.push(`link ${one.outerHTML.slice(0, 200)}`);
            if (one.localName === "img" && one.hasAttribute("src") && !/^(?:blob:|data:image\/|\/mail\/image\?)/.test(one.getAttribute("src"))) found.push(one.outerHTML.slice(0, 200));
            if (one.localName === "style" && /url|@import|@font-face|image-set|var\(/i.test(one.textContent)) found.push(one.textContent.slice(0, 200));
          }
          return found;
        })
        """;

    /// <summary>Finds what an answer must not repeat: the editor is a part of our own page.</summary>
    private const string InEditors = """
        () => [...document.querySelectorAll(".editor-rich")].flatMap(editor => {
          const found = [];
          for (const one of editor.querySelectorAll("*")) {
            if (/^(?:script|style|iframe|frame|object|embed|applet|form|button|select|textarea|link|meta|base|svg|math|video|audio|source|template|dialog|noscript|area|map|portal|slot|image|title|xmp|plaintext)$/.test(one.localName) || one.localName.includes("-")) found.push(one.outerHTML.slice(0, 200));
            for (const { name, value } of one.attributes) {
              if (/^on|^(srcdoc|formaction|ping|srcset|background|poster|data|action|xlink:href|id|name|is|popover|autofocus|contenteditable|attributionsrc|usemap)$/.test(name)) found.push(`${one.localName} ${name}=${value}`);
              if (name === "href" && !/^(?:https?:|mailto:|tel:)/.test(value)) found.push(`${one.localName} ${name}=${value}`);
              if (name === "src" && !/^(?:blob:|data:image\/(?:png|jpe?g|gif|webp|avif|bmp);)/.test(value)) found.push(`${one.localName} ${name}=${value}`);
              if (name === "style" && /url|image-set|var\(|fixed|absolute|@|expression|binding/i.test(value)) found.push(`${one.localName} style=${value}`);
            }
          }
          return found;
        })
        """;

    /// <summary>Finds what texts must not become anywhere in our own pages. One script, one style sheet and data stand in the page of the webmail, each in its place.</summary>
    private const string InPages = """
        () => [...document.querySelectorAll("script:not([src]), iframe:not(.message-frame, .spare-frame, .print-frame, .preview-pdf), frame, object, embed, base, math, marquee, portal, plaintext, svg:not(.icon, .qr, [role=img]), meta[http-equiv], style:not(:empty), "
            + "form[action*='//'], img[src=x], video, audio, details[ontoggle], [srcdoc], [formaction*='//'], [href^='javascript:' i], [href^='data:' i], [src^='javascript:' i], [src*='evil.test'], [href*='//evil.test'], link[href*='evil.test']")]
          .filter(one => !one.matches("head > style:only-of-type, #mail > #first + script, body > script#brought[type='application/json']") && !one.closest(".editor-rich") && !one.matches("a[target=_blank][rel='noopener noreferrer'][href^='https://evil.test/']")).concat([...document.querySelectorAll("iframe.spare-frame")].filter(one => one.contentDocument?.getElementById("facteur-body")?.hasChildNodes()))
          .concat([...document.querySelectorAll("*")].filter(one => [...one.attributes].some(({ name }) => /^on[a-z]/.test(name)))).map(one => one.outerHTML.slice(0, 200))
        """;

    /// <summary>What people do by accident: the pointer over everything, focus on everything, animations that end.</summary>
    private const string Accidents = """
        () => {
          const roots = [...document.querySelectorAll("iframe.message-frame")].map(frame => frame.contentDocument.getElementById("facteur-body")).concat([...document.querySelectorAll(".editor-rich")]);
          for (const root of roots)
            for (const one of root.querySelectorAll("*"))
              for (const name of ["mouseover", "mouseenter", "focus", "load", "error", "toggle", "animationstart", "transitionend", "begin"]) one.dispatchEvent(new Event(name, { bubbles: name !== "focus" }));
          for (const one of document.querySelectorAll("details")) one.open = true;
        }
        """;

    public static async Task FramesAreCleanAsync(IPage page, string frames = "iframe.message-frame") => Assert.Empty(await page.EvaluateAsync<string[]>(InFrames, frames));

    public static async Task EditorsAreCleanAsync(IPage page) => Assert.Empty(await page.EvaluateAsync<string[]>(InEditors));

    public static async Task PageIsCleanAsync(IPage page)
    {
        var found = await page.EvaluateAsync<string[]>(InPages);
        Assert.True(found.Length == 0, $"{page.Url}: {string.Join('\n', found)}");
    }

    public static Task TouchAsync(IPage page) => page.EvaluateAsync(Accidents);

    /// <summary>The page is clean, and payloads are read on it as what they are: texts. A screen without any would prove nothing.</summary>
    /// <param name="least">How many payloads, at least.</param>
    public static async Task ShowsTextsAsync(IPage page, int least = 1, string within = "body")
    {
        await page.WaitForFunctionAsync(
            """
            ([within, least]) => {
              const root = [...document.querySelectorAll(within)].at(-1);
              if (!root) return false;
              const fields = [...root.querySelectorAll("input, textarea")].map(one => one.value);
              return new Set([root.innerText, root.textContent, ...fields].join("\n").match(/(?:alert\(|evil\.test\/?)\d{3,}/g)).size >= Number(least);
            }
            """, new[] { within, least.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        await PageIsCleanAsync(page);
    }

    /// <summary>No script ran, nobody was sent elsewhere, no other page was opened, no name was looked up.</summary>
    public static async Task NothingRanAsync(MailBrowser mail, WatchedWorld world)
    {
        Assert.True(await mail.Page.EvaluateAsync<bool>("() => window.__pwned === undefined && Array.from({ length: frames.length }, (_, index) => frames[index]).every(frame => frame.__pwned === undefined)"));
        Assert.StartsWith(mail.Origin + "/", mail.Page.Url, StringComparison.Ordinal);
        Assert.Equal(0, mail.Opened);
        Assert.Empty(await world.LookedUpAsync());
    }

    /// <summary>
    /// What the console says of handlers that the sanitiser's parser met: they belong to a document without scripts, and none is left in what is shown; of @import in styles
    /// that are only taken apart; and the answers of the proxy to addresses that lead nowhere.
    /// </summary>
    public static bool IsSandbox(string what) =>
        what.StartsWith("console: Blocked script execution in ", StringComparison.Ordinal) && what.Contains("'allow-scripts' permission is not set", StringComparison.Ordinal)
        || what.StartsWith("console: @import rules are not allowed here.", StringComparison.Ordinal) || what.Contains("Failed to load resource", StringComparison.Ordinal);
}
