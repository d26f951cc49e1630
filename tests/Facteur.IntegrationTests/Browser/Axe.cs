using System.Text.Json;
using Microsoft.Playwright;

namespace Facteur.IntegrationTests.Browser;

/// <summary>axe-core, as npm installed it for the webmail, over a page as it stands.</summary>
internal static class Axe
{
    private static readonly Lazy<Task<string>> source = new(() => File.ReadAllTextAsync(Path.Combine(Programs.Repository, "src", "Facteur.Web", "Client", "node_modules", "axe-core", "axe.min.js")));

    /// <summary>Fails on findings that are serious or critical by WCAG 2.2 AA, and on what moves for who asked for less motion.</summary>
    /// <param name="screen">What is looked at, for the message.</param>
    /// <param name="rule">Only this rule; null for all.</param>
    public static async Task CheckAsync(IPage page, string screen = "", string? rule = null)
    {
        // Colours on their way from one to another are none that anybody reads.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        // By the debugger's way in: a script element would not get past the policy of the page.
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'")) await page.EvaluateAsync(await source.Value + "; undefined");
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async (rule) => {
              const runOnly = rule ? { type: "rule", values: [rule] } : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
              const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
              const moving = document.getAnimations().map(({ effect }) => `moves: ${effect?.target?.className}`);
              return [...moving, ...violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? ""}`).join(" | ")}`)];
            }
            """, rule);
        Assert.True(found.GetArrayLength() == 0, $"{screen}: {string.Join("\n", found.EnumerateArray().Select(one => one.GetString()))}");
    }
}
