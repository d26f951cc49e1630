using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static Facteur.IntegrationTests.Browser.ReadingMessages;

namespace Facteur.IntegrationTests.Browser;

/// <summary>What opening a conversation would wait for is got before: its messages while somebody rests on its row, and the frame for HTML.</summary>
public sealed class OpeningAheadTests(BrowserWorld world)
{
    private static readonly string[] subjects = ["First letter", "Second letter", "Third letter"];

    [Fact]
    public async Task Messages_come_while_their_row_has_the_focus_or_the_mouse_and_are_asked_for_once()
    {
        await using var mail = await OpenAsync();
        var asked = new Bodies(mail.Page);
        await mail.BegunAsync();
        await mail.PressAsync("j");
        await asked.CountAsync(1);
        await mail.Row("First letter").HoverAsync();
        await asked.CountAsync(2);
        await mail.Row("First letter").ClickAsync();
        await ReadsAsync(mail, "First letter");
        await mail.PressAsync("k");
        await ReadsAsync(mail, "Second letter");
        // The one after that which is open.
        await mail.PressAsync("k");
        await ReadsAsync(mail, "Third letter");
        Assert.Equal(3, asked.Ids.Count);
        Assert.Equal(3, asked.Ids.Distinct().Count());
    }

    [Fact]
    public async Task Frames_are_there_before_a_message_needs_one_and_keep_nothing_of_another()
    {
        await using var mail = await OpenAsync();
        var spare = mail.Page.Locator(".spare-frame");
        await mail.PressAsync("j");
        await Expect(spare).ToHaveCountAsync(2);
        await mail.UntilAsync("() => [...document.querySelectorAll('.spare-frame')].every(one => one.contentDocument?.getElementById('facteur-body'))");
        await mail.Page.EvaluateAsync("document.querySelectorAll('.spare-frame').forEach(one => one.contentWindow.name = 'loaded before')");
        await mail.PressAsync("Enter");
        await ReadsAsync(mail, "Third letter");
        Assert.Equal("loaded before", await mail.Page.EvaluateAsync<string>("document.querySelector('.message-frame').contentWindow.name"));
        await Expect(spare).ToHaveCountAsync(2);
        foreach (var subject in (string[])["Second letter", "First letter"])
        {
            await mail.PressAsync("j");
            await ReadsAsync(mail, subject);
        }
        await Expect(mail.Page.Locator("iframe.message-frame")).ToHaveCountAsync(1);
        await Expect(spare).ToHaveCountAsync(2);
    }

    private Task<MailBrowser> OpenAsync() => MailBrowser.OpenAsync(world, async box =>
    {
        for (var i = 0; i < subjects.Length; i++)
            await box.AppendAsync(Html(subjects[i], $"<p>Here is the {subjects[i].ToLowerInvariant()}.</p>") with { Date = TimeProvider.System.GetUtcNow().AddHours(i - subjects.Length) });
    });

    private static async Task ReadsAsync(MailBrowser mail, string subject)
    {
        await Expect(mail.Page.Locator(".conversation h1")).ToHaveTextAsync(subject);
        await Expect(mail.Page.FrameLocator("iframe.message-frame").Locator("#facteur-body")).ToHaveTextAsync($"Here is the {subject.ToLowerInvariant()}.");
    }

    /// <summary>Messages of which the page asks what they say.</summary>
    private sealed class Bodies
    {
        private readonly List<string> ids = [];
        private TaskCompletionSource more = new();

        public Bodies(IPage page) => page.Request += (_, request) =>
        {
            if (request.PostData is not { } text || !text.Contains("bodyValues", StringComparison.Ordinal)) return;
            using var body = JsonDocument.Parse(text);
            lock (ids)
            {
                foreach (var call in body.RootElement.GetProperty("methodCalls").EnumerateArray())
                    if (call[1].TryGetProperty("fetchHTMLBodyValues", out JsonElement _)) ids.AddRange(call[1].GetProperty("ids").EnumerateArray().Select(id => id.GetString()!));
                more.TrySetResult();
            }
        };

        public IReadOnlyList<string> Ids
        {
            get { lock (ids) return [.. ids]; }
        }

        /// <summary>Waits until so many were asked for.</summary>
        public async Task CountAsync(int count)
        {
            for (; ; )
            {
                Task next;
                lock (ids)
                {
                    if (ids.Count >= count) return;
                    if (more.Task.IsCompleted) more = new TaskCompletionSource();
                    next = more.Task;
                }
                await next.WaitAsync(TimeSpan.FromMinutes(3));
            }
        }
    }
}
